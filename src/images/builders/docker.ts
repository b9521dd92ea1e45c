import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runDocker, type Docker, type DockerResult } from '../docker.js';
import { buildFailure, stepOf } from '../docker-failure.js';
import { maskBuildArgs, passBuildArgs } from '../secrets.js';
import { tarContext } from '../tar.js';
import type { BuildJob, Builder } from './builder.js';

const DOCKERFILE_IN_ARCHIVE = '.devspace.Dockerfile';
const IGNORE_FILE = '.dockerignore';

/** Builds with the docker command. Fails with IMAGE_BUILD_FAILED, DOCKER_NOT_RUNNING, DOCKER_ACCESS_DENIED. */
export function dockerBuilder(docker: Docker): Builder {
  return async (job, onLine, signal) => {
    const mask = maskBuildArgs(job.buildArgs);
    // The classic builder paints what a step writes to stderr red, terminal or not.
    const clean = (line: string): string => mask(stripVTControlCharacters(line));
    let step: string | undefined;
    const emitLine = (line: string): void => {
      const cleaned = clean(line);
      step = stepOf(cleaned) ?? step;
      onLine(cleaned);
    };
    const build = docker.buildKit ? buildFolder : buildArchive;
    const { exitCode, tail } = await build(docker, job, emitLine, signal);
    if (exitCode === 0) return;
    const again = `docker build -f ${job.dockerfile} ${job.contextDir}`;
    throw buildFailure({ image: job.image, lines: tail.map(clean), step, again });
  };
}

type Build = (
  docker: Docker,
  job: BuildJob,
  onLine: (line: string) => void,
  signal: AbortSignal,
) => Promise<DockerResult>;

/** BuildKit fetches only what changed from the folder, and takes the ignore rules that lie beside the Dockerfile it is given. */
const buildFolder: Build = async (docker, job, onLine, signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'devspace-build-'));
  try {
    const dockerfile = join(folder, 'Dockerfile');
    await writeFile(dockerfile, job.dockerfileText);
    await writeFile(`${dockerfile}.dockerignore`, job.ignore.text);
    const { args, env } = buildArguments(job);
    return await runDocker(docker, [...args, '--file', dockerfile, job.contextDir], { env, onLine, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/**
 * The classic builder always sends the whole context and knows only the ignore file in it, so it gets an archive made by our rules. A Dockerfile
 * that is not part of the context as it is goes along under a name of its own; the daemon applies the ignore file of an archive to just two
 * files, itself and the Dockerfile, which keeps both out of the image.
 */
const buildArchive: Build = async (docker, job, onLine, signal) => {
  const { args, env } = buildArguments(job);
  const paths = new Set(job.context.map(({ path }) => path));
  const own = relative(job.contextDir, job.dockerfile).replaceAll('\\', '/');
  const asItIs = !job.overridden && paths.has(own);
  const hidden = [DOCKERFILE_IN_ARCHIVE, ...(paths.has(IGNORE_FILE) ? [] : [IGNORE_FILE])];
  const extra = [
    { path: DOCKERFILE_IN_ARCHIVE, content: job.dockerfileText },
    { path: IGNORE_FILE, content: [job.ignore.text, ...hidden, ''].join('\n') },
  ];
  const input = tarContext(job.contextDir, job.context, asItIs ? [] : extra);
  const file = asItIs ? own : DOCKERFILE_IN_ARCHIVE;
  return await runDocker(docker, [...args, '--file', file, '-'], { env, input, onLine, signal });
};

function buildArguments(job: BuildJob): { args: string[]; env: Record<string, string> } {
  const buildArgs = passBuildArgs(job.buildArgs);
  const args = [
    'build',
    '--tag',
    job.ref,
    ...(job.target === undefined ? [] : ['--target', job.target]),
    ...(job.network === undefined ? [] : ['--network', job.network]),
    ...buildArgs.args,
  ];
  return { args, env: buildArgs.env };
}
