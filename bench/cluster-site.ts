import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Closing } from '../src/base/closing.js';
import { makeNamespace, REGISTRY } from '../test/rig/cluster.js';
import { startAgentHere, startAgentIn, type AgentPlace } from './agent.js';
import type { Site } from './site.js';

const context = fileURLToPath(new URL('./agent', import.meta.url));

/** The far end is a pod in a namespace of its own. */
export async function startClusterSite(): Promise<Site> {
  const image = await pushAgentImage();
  const closing = new Closing();
  try {
    const namespace = closing.use(await makeNamespace());
    const place = { namespace: namespace.name, pod: 'bench', container: 'app' };
    await namespace.kubectl(['apply', '-f', '-'], { input: JSON.stringify(podManifest(place, image)) });
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/bench', '--timeout=120s']);
    const here = closing.use(await startAgentHere());
    const there = closing.use(await startAgentIn(place));
    const end = { here, there, place, remoteBase: '/bench' };
    return { name: 'cluster', ...end, [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose]() };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

/** Named by its content, so that a second run has nothing to build or push. */
async function pushAgentImage(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['Dockerfile', 'agent.mjs', 'usage.mjs']) hash.update(readFileSync(join(context, name)));
  const image = `${REGISTRY}/bench-agent:${hash.digest('hex').slice(0, 12)}`;
  await execa('docker', ['build', '--quiet', '--tag', image, context]);
  await execa('docker', ['push', image]);
  return image;
}

function podManifest({ container, pod }: AgentPlace, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: container, image }] },
  };
}
