import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { Failure } from '../base/failure.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface FindToolOptions {
  /** What it is needed for, as the end of a sentence: `to deploy manifests`. */
  readonly neededFor: string;
  /** How to get it. */
  readonly hint: string;
  readonly env?: Environment | undefined;
}

/**
 * The path of the program `name` on the PATH, or `name` itself when it is a path. Throws TOOL_NOT_FOUND. Relative and empty entries of the
 * PATH are left out: they would run a program of the project instead of the user's.
 */
export async function findTool(
  name: string,
  { neededFor, hint, env = process.env }: FindToolOptions,
): Promise<string> {
  for (const candidate of toolCandidates(name, env, process.platform)) {
    if (await isProgram(candidate)) return candidate;
  }
  const where = isPath(name, process.platform) ? 'does not exist or may not be run' : 'is not on the PATH';
  throw new Failure({
    code: 'TOOL_NOT_FOUND',
    message: `"${name}" ${where}, and is needed ${neededFor}`,
    subject: name,
    hint,
  });
}

/** The files to look for, in order. On Windows each with the endings of PATHEXT, unless `name` has one of them already. */
export function toolCandidates(name: string, env: Environment, platform: NodeJS.Platform): string[] {
  const path = platform === 'win32' ? win32 : posix;
  const names = withEndings(name, env, platform);
  if (isPath(name, platform)) return names;
  // Windows names variables without regard to case: `Path`.
  const key =
    Object.keys(env).find((one) => (platform === 'win32' ? one.toUpperCase() : one) === 'PATH') ?? 'PATH';
  const folders = (env[key] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.flatMap((folder) => names.map((file) => path.join(folder, file)));
}

function withEndings(name: string, env: Environment, platform: NodeJS.Platform): string[] {
  if (platform !== 'win32') return [name];
  const endings = (env['PATHEXT'] || '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const lower = name.toLowerCase();
  if (endings.some((ending) => lower.endsWith(ending.toLowerCase()))) return [name];
  return endings.map((ending) => name + ending.toLowerCase());
}

function isPath(name: string, platform: NodeJS.Platform): boolean {
  return name.includes('/') || (platform === 'win32' && name.includes('\\'));
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
