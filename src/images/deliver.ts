import { Failure } from '../base/failure.js';
import { run } from '../proc/run.js';
import { daemonFailure, pushFailure } from './docker-failure.js';
import { runDocker, type Docker } from './docker.js';
import type { Delivery } from './local-cluster.js';

/**
 * Brings a built image to where the cluster gets it from, as planned. Fails with IMAGE_PUSH_DENIED, IMAGE_PUSH_FAILED, IMAGE_LOAD_FAILED,
 * DOCKER_NOT_RUNNING.
 */
export async function deliver(
  plan: Delivery,
  ref: string,
  docker: Docker,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (plan.kind === 'push') {
    const { exitCode, tail } = await runDocker(docker, ['push', ref], { onLine, signal });
    if (exitCode !== 0) throw pushFailure(ref, tail);
  }
  if (plan.kind === 'load') await load(plan.tool, plan.cluster, ref, docker, onLine, signal);
}

async function load(
  tool: 'kind' | 'k3d',
  cluster: string,
  ref: string,
  docker: Docker,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const args =
    tool === 'kind'
      ? ['load', 'docker-image', ref, '--name', cluster]
      : ['image', 'import', ref, '--cluster', cluster];
  const { exitCode, tail } = await run(tool, args, {
    env: docker.env,
    signal,
    onStdout: onLine,
    onStderr: onLine,
  });
  if (exitCode === 0) return;
  throw new Failure({
    code: 'IMAGE_LOAD_FAILED',
    message: `Loading ${ref} into the nodes of the ${tool} cluster "${cluster}" failed`,
    subject: ref,
    hint: `Try it alone: ${tool} ${args.join(' ')}. To push to a registry instead, set build.docker.preferMinikube: false`,
    details: tail,
  });
}

/** False when the daemon answers and does not have the image. */
export async function hasImage(ref: string, docker: Docker, signal?: AbortSignal): Promise<boolean> {
  const { exitCode, tail } = await runDocker(docker, ['image', 'inspect', '--format', '{{.Id}}', ref], {
    signal,
  });
  return exitCode === 0 || daemonFailure(tail) !== undefined;
}
