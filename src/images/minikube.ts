import { run } from '../proc/run.js';

/**
 * The environment that points docker at the daemon inside minikube, or the reason why there is none (not running, another container runtime, the
 * `none` driver).
 */
export async function minikubeEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<{ env: Record<string, string> } | { problem: string }> {
  const { exitCode, stdout, tail } = await run('minikube', ['docker-env', '--shell', 'none'], {
    env,
    signal,
    captureStdout: true,
  });
  const found = parseDockerEnvironment(stdout);
  if (exitCode === 0 && found['DOCKER_HOST']) return { env: found };
  return { problem: tail.findLast((line) => line.trim() !== '')?.trim() ?? `exit code ${exitCode}` };
}

/** Reads lines of `NAME=value`. */
export function parseDockerEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)=(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}
