import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { Failure, systemCode } from '../base/failure.js';

/** What replaces ENTRYPOINT and CMD, and in which stage (default: the last). */
export interface StartOverride {
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly target?: string | undefined;
}

/** Reads the Dockerfile of the image `name`. Fails with DOCKERFILE_MISSING. */
export function readDockerfile(path: string, name: string, root: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw error;
    const shown = relative(root, path);
    throw new Failure({
      code: 'DOCKERFILE_MISSING',
      message: `The Dockerfile of image "${name}" does not exist: ${shown}${code === 'EISDIR' ? ' is a folder' : ''}`,
      subject: path,
      hint: `Create it, or set images.${name}.dockerfile in devspace.yaml to its path`,
      cause: error,
    });
  }
}

/** True when there is something to override: an empty list counts only beside a list that is not empty. */
export function overridesStart({ entrypoint, cmd }: StartOverride): boolean {
  return (entrypoint?.length ?? 0) > 0 || (cmd?.length ?? 0) > 0;
}

/**
 * The Dockerfile with ENTRYPOINT and CMD replaced, by instructions at the end of the stage that is built. The JSON form is exact: a builder
 * expands neither variables nor shell syntax in it. Fails with DOCKERFILE_TARGET_MISSING.
 */
export function overrideStart(dockerfile: string, override: StartOverride): string {
  if (!overridesStart(override)) return dockerfile;
  const lines = dockerfile.split('\n');
  const end = override.target === undefined ? lines.length : endOfStage(lines, override.target);
  const added = [
    ...(override.entrypoint ? [`ENTRYPOINT ${JSON.stringify(override.entrypoint)}`] : []),
    ...(override.cmd ? [`CMD ${JSON.stringify(override.cmd)}`] : []),
  ];
  const before = lines.slice(0, end);
  if (before.at(-1) === '') before.pop();
  return [...before, ...added, ...lines.slice(end), ...(end === lines.length ? [''] : [])].join('\n');
}

interface Stage {
  readonly name: string | undefined;
  readonly line: number;
}

function endOfStage(lines: readonly string[], target: string): number {
  const stages = findStages(lines);
  // Stages are named without regard to case, or counted from 0.
  const wanted = target.toLowerCase();
  const index = stages.findIndex(({ name }, position) => name === wanted || String(position) === wanted);
  if (index >= 0) return stages[index + 1]?.line ?? lines.length;
  const names = stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
  throw new Failure({
    code: 'DOCKERFILE_TARGET_MISSING',
    message: `The Dockerfile has no stage named "${target}"`,
    subject: target,
    hint:
      names.length > 0 ? `Its stages are: ${names.join(', ')}` : `Name one with "FROM <image> AS ${target}"`,
  });
}

// A FROM counts only where an instruction starts: not in a continued line, a comment or a here-document.
function findStages(lines: readonly string[]): Stage[] {
  const escape = /^\s*#\s*escape\s*=\s*`/i.test(lines[0] ?? '') ? '`' : '\\';
  const stages: Stage[] = [];
  let continued = false;
  let heredocs: string[] = [];
  for (const [line, raw] of lines.entries()) {
    const text = raw.trimEnd();
    if (heredocs.length > 0) {
      if (text.trimStart() === heredocs[0]) heredocs = heredocs.slice(1);
      continue;
    }
    // Comments and empty lines do not end a continued instruction.
    if (/^\s*(#|$)/.test(text)) continue;
    const from = continued ? null : /^\s*FROM\s+(?:--\S+\s+)*\S+(?:\s+AS\s+(\S+))?/i.exec(text);
    if (from) stages.push({ name: from[1]?.toLowerCase(), line });
    if (/^\s*(RUN|COPY|ADD)\s/i.test(text) || continued)
      heredocs = [...text.matchAll(/<<-?\s*(["']?)([A-Za-z_]\w*)\1/g)].map((match) => match[2] ?? '');
    continued = text.endsWith(escape);
  }
  return stages;
}
