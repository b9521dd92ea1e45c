import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/*
 * Files that are acted upon without being looked at, such as code and what is trusted: nobody but the user may have written them. On Windows, which has
 * no such owners and modes, it is the place of the folder that protects them.
 */

/** Whether it belongs to the user, and only the user may write it. */
export function isOwn({ mode, uid }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Throws where there is no such file, or where it or its folder is not the user's own. */
export function readOwnFile(file: string): Buffer {
  requireOwn(dirname(file));
  const opened = openSync(file, 'r');
  try {
    if (!isOwn(fstatSync(opened))) throw new Error(`${file} is not the user's own`);
    return readFileSync(opened);
  } finally {
    closeSync(opened);
  }
}

/**
 * Writes it in one step, for others may be reading or writing it, and makes the folders that are missing. Throws where the place is not the user's own:
 * with sudo the home may be somebody else's, who could not use what root leaves there.
 */
export function replaceOwnFile(file: string, bytes: Uint8Array): void {
  makeOwnFolder(dirname(file));
  const draft = join(dirname(file), `.${basename(file)}-${process.pid}`);
  try {
    writeFileSync(draft, bytes, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Removes all but the `count` entries of a folder that were changed last. */
export function keepNewest(folder: string, count: number): void {
  const entries = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    return { path, changed: statSync(path).mtimeMs };
  });
  const old = entries.toSorted((a, b) => b.changed - a.changed).slice(count);
  for (const { path } of old) rmSync(path, { recursive: true, force: true });
}

/** Throws where a file or folder is missing or not the user's own. */
export function requireOwn(path: string): void {
  if (!isOwn(statSync(path))) throw new Error(`${path} is not the user's own`);
}

function makeOwnFolder(path: string): void {
  if (!existsSync(path)) {
    makeOwnFolder(dirname(path));
    // Not `recursive`: in some places (/proc) Node 20 then tries for ever.
    mkdirSync(path, { mode: 0o700 });
  }
  requireOwn(path);
}
