import { randomBytes } from 'node:crypto';
import { cpSync, linkSync, lstatSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { systemCode } from '../../base/failure.js';
import type { Entry, FileEntry } from '../core/entry.js';
import type { Keeping } from '../endpoint.js';
import { removeFile } from './remove-file.js';
import type { Stage } from './stage.js';
import type { Trash } from './trash.js';

/**
 * Puts what is staged in the place of what was `seen` there (undefined: nothing). What is replaced gets a second name first, in the trash when it is
 * to be kept anyway: so there is no moment without it, and what a program has written to it since it was looked at is found, and kept.
 */
export function putInPlace(
  place: { readonly root: string; readonly stage: Stage; readonly trash: Trash },
  staged: string,
  path: string,
  seen: Entry | undefined,
  keeping: Keeping = {},
): void {
  const absolute = join(place.root, path);
  if (seen && keeping.kept) {
    const savedAs = place.trash.copy(path, 'conflict');
    moveOver(staged, absolute);
    keeping.kept(savedAs);
    return;
  }
  const old = seen?.kind === 'file' ? secondName(absolute, place.stage.next()) : undefined;
  try {
    moveOver(staged, absolute);
    if (old !== undefined && !isStill(old, seen as FileEntry))
      keeping.late?.(place.trash.take(old, path, 'conflict'));
  } finally {
    if (old !== undefined) removeFile(old);
  }
}

/** Undefined where there are no second names. */
function secondName(absolute: string, name: string): string | undefined {
  try {
    linkSync(absolute, name);
    return name;
  } catch {
    return undefined;
  }
}

/** By size and time: a second name has changed the stamp. */
function isStill(absolute: string, { mtime, size }: FileEntry): boolean {
  const now = lstatSync(absolute, { bigint: true });
  return now.size === BigInt(size) && now.mtimeNs === BigInt(mtime.s) * 1_000_000_000n + BigInt(mtime.ns);
}

/** Where another file system is mounted below the root, there is a copy beside the target first: what is visible is whole all the same. */
function moveOver(staged: string, absolute: string): void {
  try {
    renameSync(staged, absolute);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    const beside = join(dirname(absolute), `.devspace-stage-${randomBytes(8).toString('hex')}`);
    try {
      cpSync(staged, beside, { verbatimSymlinks: true, preserveTimestamps: true });
      renameSync(beside, absolute);
    } finally {
      removeFile(beside);
      removeFile(staged);
    }
  }
}
