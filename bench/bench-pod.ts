import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Closing } from '../src/base/closing.js';
import { makeNamespace, REGISTRY } from '../test/rig/cluster.js';
import { startAgent, type Agent, type AgentPlace } from './agent.js';

const context = fileURLToPath(new URL('./agent', import.meta.url));

/** A pod in a namespace of its own with the agent at work in it. All subjects sync with it, each in folders of its own. */
export interface BenchPod extends AsyncDisposable {
  readonly place: AgentPlace;
  readonly agent: Agent;
}

export async function startBenchPod(): Promise<BenchPod> {
  const image = await pushAgentImage();
  const closing = new Closing();
  try {
    const namespace = closing.use(await makeNamespace());
    const place = { namespace: namespace.name, pod: 'bench', container: 'app' };
    await namespace.kubectl(['apply', '-f', '-'], { input: JSON.stringify(podManifest(place, image)) });
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/bench', '--timeout=120s']);
    const agent = closing.use(await startAgent(place));
    return { place, agent, [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose]() };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

/** Named by its content, so that a second run has nothing to build or push. */
async function pushAgentImage(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['Dockerfile', 'agent.mjs']) hash.update(readFileSync(join(context, name)));
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
