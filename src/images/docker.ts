import { pipeline } from 'node:stream/promises';
import { systemCode } from '../base/failure.js';
import { openChild } from '../proc/child-stream.js';
import { findTool } from '../proc/find-tool.js';
import { splitLines } from '../proc/lines.js';
import { run } from '../proc/run.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The docker command on this machine: it knows the user's context, credential helpers and plugins, which no API client does. */
export interface Docker {
  readonly file: string;
  /** Added to this process's environment: which daemon to use. */
  readonly env: Environment;
  /** What decides between BuildKit and the classic builder. */
  readonly buildKit: boolean;
}

export interface DockerRun {
  readonly env?: Environment;
  /** Streamed to its stdin. */
  readonly input?: AsyncIterable<Uint8Array>;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface DockerResult {
  readonly exitCode: number;
  /** The last lines of its output, both streams. */
  readonly tail: readonly string[];
}

const KEPT_LINES = 60;

/** Finds docker on the PATH (else TOOL_NOT_FOUND) and asks it which builder it uses; does not talk to the daemon. */
export async function findDocker(env: Environment, signal?: AbortSignal): Promise<Docker> {
  const file = await findTool('docker', {
    neededFor: 'to build images',
    hint: 'Install Docker: https://docs.docker.com/get-docker/',
    env: { ...process.env, ...env },
  });
  return { file, env, buildKit: await usesBuildKit(file, env, signal) };
}

// Since version 23 docker builds with BuildKit wherever the buildx plugin is installed, unless told otherwise. A wrong guess is harmless: either way
// of handing over the context works with either builder, only less well.
async function usesBuildKit(
  file: string,
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const wish = env['DOCKER_BUILDKIT'] ?? process.env['DOCKER_BUILDKIT'];
  if (wish !== undefined && wish !== '') return !/^(0|f|false)$/i.test(wish);
  return (await run(file, ['buildx', 'version'], { env, signal })).exitCode === 0;
}

/** Runs `docker …` to its end; a non-zero exit is a value. Throws the signal's reason once docker has ended. */
export async function runDocker(
  docker: Docker,
  args: readonly string[],
  options: DockerRun = {},
): Promise<DockerResult> {
  const { input, onLine, signal } = options;
  const env = { ...docker.env, ...options.env };
  if (input) return await feedDocker(docker.file, args, env, input, onLine, signal);
  const both = onLine ? { onStdout: onLine, onStderr: onLine } : {};
  return await run(docker.file, args, { env, signal, tail: KEPT_LINES, ...both });
}

async function feedDocker(
  file: string,
  args: readonly string[],
  env: Environment,
  input: AsyncIterable<Uint8Array>,
  onLine: ((line: string) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<DockerResult> {
  await using child = await openChild(file, args, { env, signal });
  const tail: string[] = [];
  const take = (line: string): void => {
    if (tail.push(line) > KEPT_LINES) tail.shift();
    onLine?.(line);
  };
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    const splitter = splitLines(take);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) splitter.write(chunk);
    splitter.end();
  });
  try {
    await pipeline(input, child.stdin);
  } catch (error) {
    signal?.throwIfAborted();
    // Docker stopped reading: its exit code and output tell why.
    if (!['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(systemCode(error) ?? ''))
      throw error;
  }
  try {
    const [exitCode] = await Promise.all([child.exit, ...reading]);
    return { exitCode, tail };
  } finally {
    signal?.throwIfAborted();
  }
}
