import { Failure } from '../base/failure.js';
import { readHelper } from '../sync/inject/helper-binary.js';
import { RESTART_HELPER, supervised } from '../sync/inject/restart-helper.js';
import { buildFailure, daemonFailure } from './docker-failure.js';
import { runDocker, type Docker } from './docker.js';
import { tarContext } from './tar.js';

export interface RestartHelperJob {
  /** Name in devspace.yaml. */
  readonly image: string;
  /** Exists where docker builds, and gets the result. */
  readonly ref: string;
  /** Folder with the helper binaries. */
  readonly helperDir: string;
}

/**
 * Puts the helper into an image that was just built and makes it the ENTRYPOINT, in front of the image's own; CMD stays. A second build from the
 * first one's result, so it needs no knowledge of the Dockerfile. Fails with IMAGE_BUILD_FAILED, DOCKER_NOT_RUNNING, SYNC_UNSUPPORTED_ARCH,
 * SYNC_INJECT_FAILED.
 */
export async function addRestartHelper(
  docker: Docker,
  { helperDir, image, ref }: RestartHelperJob,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { architecture, entrypoint, cmd } = await startOf(docker, ref, signal);
  const start = supervised(entrypoint, cmd);
  if (!start) return;
  const helper = await readHelper(helperDir, architecture);
  const dockerfile = [
    `FROM ${ref}`,
    `COPY restart ${RESTART_HELPER}`,
    `ENTRYPOINT ${JSON.stringify(start.entrypoint)}`,
    // A new ENTRYPOINT takes CMD away.
    `CMD ${JSON.stringify(start.cmd)}`,
    '',
  ].join('\n');
  const input = tarContext(
    '',
    [],
    [
      { path: 'Dockerfile', content: dockerfile },
      { path: 'restart', content: helper.raw(), mode: 0o755 },
    ],
  );
  const { exitCode, tail } = await runDocker(docker, ['build', '--tag', ref, '-'], { input, onLine, signal });
  if (exitCode !== 0)
    throw buildFailure({
      image,
      lines: tail,
      step: 'the restart helper',
      again: `docker image inspect ${ref}`,
    });
}

async function startOf(
  docker: Docker,
  ref: string,
  signal: AbortSignal,
): Promise<{ architecture: string; entrypoint: string[]; cmd: string[] }> {
  const format = '{{.Architecture}}\n{{json .Config.Entrypoint}}\n{{json .Config.Cmd}}';
  const { exitCode, tail } = await runDocker(docker, ['image', 'inspect', '--format', format, ref], {
    signal,
  });
  const [architecture = '', entrypoint = 'null', cmd = 'null'] = tail;
  if (exitCode === 0) {
    const list = (json: string): string[] => (JSON.parse(json) as string[] | null) ?? [];
    return { architecture, entrypoint: list(entrypoint), cmd: list(cmd) };
  }
  throw (
    daemonFailure(tail) ??
    new Failure({
      code: 'IMAGE_BUILD_FAILED',
      message: `The image ${ref} was built, but docker does not have it to put the restart helper in`,
      subject: ref,
      details: tail,
      hint: 'use a builder that keeps its images in docker: docker buildx use default',
    })
  );
}
