import { open, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { Failure, messageOf } from '../base/failure.js';
import { decodeUtf8 } from './decode.js';

export const CONFIG_FILE = 'devspace.yaml';
/** What people have instead when they think they have a config: another ending, or the file of DevSpace 3. */
const LOOKALIKES = ['devspace.yml', 'devspace-configs.yaml'];

/** More than this is not even read; loading it would be refused. */
const MAX_BYTES = 1_000_000;

export interface Project {
  /** Absolute folder of devspace.yaml. */
  readonly root: string;
  /** Absolute path of devspace.yaml. */
  readonly file: string;
  /** The same, relative to where the search started: what messages show. */
  readonly name: string;
  readonly text: string;
}

/**
 * Finds devspace.yaml in `startDir` or the nearest folder above, and reads it. The home folder itself is left out: a config there would catch
 * every folder below. Failures: CONFIG_NOT_FOUND, CONFIG_UNREADABLE, CONFIG_INVALID (over 1 MB), CONFIG_SYNTAX (not UTF-8).
 */
export async function findProject(
  startDir: string,
  { env = process.env }: { env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<Project> {
  const start = resolve(startDir);
  const home = await real(env['HOME'] ?? env['USERPROFILE'] ?? homedir());
  let skipped: string | undefined;
  let lookalike: string | undefined;
  for (let folder = start, above = ''; folder !== above; above = folder, folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (await isFile(file)) {
      if ((await real(folder)) !== home) {
        const name = relative(start, file);
        return { root: folder, file, name, text: await readConfig(file, name) };
      }
      skipped = file;
    }
    for (const other of LOOKALIKES) {
      if (lookalike === undefined && (await isFile(join(folder, other)))) lookalike = join(folder, other);
    }
    if (folder === dirname(folder)) break;
  }
  throw notFound(start, skipped, lookalike);
}

function notFound(start: string, skipped: string | undefined, lookalike: string | undefined): Failure {
  let hint = `go to your project's folder, or make one there: devspace init`;
  if (lookalike?.endsWith('.yml')) hint = `rename ${lookalike} to ${CONFIG_FILE}`;
  else if (lookalike !== undefined)
    hint = `${lookalike} is of DevSpace 3: write its configs as profiles in ${CONFIG_FILE}`;
  else if (skipped !== undefined)
    hint = `${skipped} is not used, because it would catch every folder below: move it`;
  return new Failure({
    code: 'CONFIG_NOT_FOUND',
    message: `there is no ${CONFIG_FILE} in ${start} or any folder above it`,
    subject: start,
    hint,
  });
}

async function readConfig(file: string, name: string): Promise<string> {
  let bytes: Buffer;
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      if (size > MAX_BYTES) {
        throw new Failure({
          code: 'CONFIG_INVALID',
          message: `${name} is larger than 1 MB`,
          subject: name,
          hint: 'a config this large is made by a mistake; what is large in it belongs into files of its own',
        });
      }
      bytes = await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure({
      code: 'CONFIG_UNREADABLE',
      message: `${name} could not be read: ${messageOf(error)}`,
      subject: name,
      hint: `ls -l ${file}`,
      cause: error,
    });
  }
  const decoded = decodeUtf8(bytes);
  if (decoded.ok) return decoded.text;
  throw new Failure({
    code: 'CONFIG_SYNTAX',
    message: `${name}:${decoded.line}: not UTF-8 text${decoded.isUtf16 ? ', but UTF-16' : ''}`,
    subject: name,
    hint: `save ${name} with the encoding UTF-8`,
  });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return resolve(path);
  }
}
