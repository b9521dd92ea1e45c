import { canRunCluster, clusterDown, clusterEnv, clusterStatus, clusterUp } from '../cluster/index.js';

export type TestCluster =
  { ok: true; env: NodeJS.ProcessEnv; release: () => Promise<void> } | { ok: false; reason: string };

/**
 * The cluster that the end-to-end tests run on: the user's own when DEVSPACE_TEST_CONTEXT names a context, else the rig's, started when it is
 * not running. `release` stops it again only when it was started here.
 */
export async function prepareTestCluster(env: NodeJS.ProcessEnv): Promise<TestCluster> {
  const possible = canRunCluster();
  if (!process.env.DEVSPACE_TEST_CONTEXT && !possible.ok) return { ok: false, reason: possible.reason };
  const wasRunning = (await clusterStatus()).running;
  const status = await clusterUp({ onProgress: (line) => void process.stderr.write(`    ${line}\n`) });
  const prepared = {
    ...env,
    ...clusterEnv(),
    DEVSPACE_TEST_KUBECONFIG: status.kubeconfig,
    DEVSPACE_TEST_REGISTRY: status.registry,
  };
  return {
    ok: true,
    env: prepared,
    release: async () => {
      if (!wasRunning && !env.DEVSPACE_TEST_KEEP_CLUSTER) await clusterDown();
    },
  };
}
