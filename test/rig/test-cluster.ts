import { canRunCluster, clusterDown, clusterEnv, clusterStatus, clusterUp } from '../cluster/index.js';

export type TestCluster =
  { ok: true; env: NodeJS.ProcessEnv; release: () => Promise<void> } | { ok: false; reason: string };

/**
 * The cluster that the end-to-end tests run on: the user's own when DEVSPACE_TEST_CONTEXT names a context, else the rig's, started when it is
 * not running. `release` stops it again only when it was started here.
 */
export async function prepareTestCluster(env: NodeJS.ProcessEnv): Promise<TestCluster> {
  const context = env.DEVSPACE_TEST_CONTEXT;
  if (context)
    return { ok: true, env: { ...env, DEVSPACE_TEST_CONTEXT: context }, release: async () => undefined };
  const possible = await canRunCluster();
  if (!possible.ok) return { ok: false, reason: possible.reason };
  const wasRunning = (await clusterStatus()).running;
  await clusterUp({ onProgress: (line: string) => process.stderr.write(`    ${line}\n`) });
  return {
    ok: true,
    env: { ...env, ...clusterEnv() },
    release: async () => {
      if (!wasRunning && !env.DEVSPACE_TEST_KEEP_CLUSTER) await clusterDown();
    },
  };
}
