import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, messageOf, systemCode } from '../base/failure.js';
import { writeAtomic } from '../state/atomic-write.js';
import type { PlannedFile } from './plan.js';

/**
 * Writes all files or none: what was made is taken back, and what was changed gets its old content again, when one fails or `signal` aborts. Only
 * the files in `mayChange` may be there before. Failures: FILE_EXISTS, FILE_NOT_WRITTEN.
 */
export async function writeFiles(
  root: string,
  files: readonly PlannedFile[],
  mayChange: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    for (const { path, text } of files) {
      signal.throwIfAborted();
      const file = join(root, path);
      try {
        const made = await mkdir(dirname(file), { recursive: true });
        if (made !== undefined) undo.push(() => removeFolders(made, dirname(file)));
        const before = mayChange.has(path) ? await readIfThere(file) : undefined;
        if (before === undefined) {
          // Never over a file that came meanwhile.
          await writeFile(file, text, { flag: 'wx' });
          undo.push(() => rm(file, { force: true }));
        } else {
          await writeAtomic(file, text);
          undo.push(() => writeAtomic(file, before));
        }
      } catch (error) {
        throw failure(path, error);
      }
    }
    signal.throwIfAborted();
  } catch (error) {
    for (const step of undo.toReversed()) await step().catch(() => {});
    throw error;
  }
}

/** From `last` up to `first`, as long as they are empty. */
async function removeFolders(first: string, last: string): Promise<void> {
  for (let folder = last; folder.length >= first.length; folder = dirname(folder)) await rmdir(folder);
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function failure(path: string, cause: unknown): Failure {
  // Of a folder, it means that a file has its name.
  if (systemCode(cause) === 'EEXIST' && isOpen(cause))
    return new Failure({
      code: 'FILE_EXISTS',
      message: `${path} is there already, nothing was written`,
      subject: path,
      hint: `move it away: mv ${path} ${path}.old`,
      cause,
    });
  return new Failure({
    code: 'FILE_NOT_WRITTEN',
    message: `${path} could not be written, so nothing was: ${messageOf(cause)}`,
    subject: path,
    hint: 'check the permissions and the free space: ls -ld .',
    cause,
  });
}

function isOpen(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'open';
}
