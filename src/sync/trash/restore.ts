import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';

import { systemCode } from '../../base/failure.js';
import { parentOf } from '../core/path.js';
import { changedFailure, localFailure } from '../file-failure.js';
import { checkPlace } from '../local/apply.js';
import { observe, observeInside } from '../local/observe.js';
import { Trash } from '../local/trash.js';
import { type TrashItem, trashPath } from './list.js';

export interface Restored {
  readonly item: TrashItem;
  /** Where what stood there is now, relative to the root; undefined: nothing did. */
  readonly displaced: string | undefined;
}

/**
 * Brings an item of the trash back to where it was, with mode and time, in one step without a gap for the event loop. What stands there now is
 * moved to the trash first; nothing is overwritten, also not what appears at the last moment. Throws SYNC_UNSAFE_PATH where a directory above is a
 * symlink, SYNC_FILE_CHANGED where a file is in the way above or the item is gone, SYNC_PERMISSION, SYNC_NO_SPACE.
 */
export function restore(item: TrashItem, trash: Trash = new Trash(item.root)): Restored {
  const { kept, path, root } = item;
  try {
    const source = observeInside(root, kept, new Set());
    if (source?.kind !== 'file' && source?.kind !== 'symlink') throw changedFailure(kept);
    const now = observe(root, path);
    checkPlace({ root }, path, now);
    const displaced = now === undefined ? undefined : setAside(root, path, trash);
    bringBack(join(root, kept), join(root, path), source.kind === 'symlink');
    sweep(root, kept);
    return { item, displaced };
  } catch (error) {
    throw localFailure(error, path);
  }
}

/** An empty directory holds nothing to keep. */
function setAside(root: string, path: string, trash: Trash): string | undefined {
  try {
    rmdirSync(join(root, path));
    return undefined;
  } catch {
    return trash.move(path, 'undo');
  }
}

/** Unlike a rename, none of these replaces anything. */
function bringBack(from: string, to: string, isLink: boolean): void {
  if (isLink) {
    symlinkSync(readlinkSync(from), to);
  } else {
    try {
      linkSync(from, to);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') throw error;
      // Another file system is mounted there, or this one has no hard links.
      copyFileSync(from, to, constants.COPYFILE_EXCL);
      const { atime, mtime } = lstatSync(from);
      utimesSync(to, atime, mtime);
    }
  }
  unlinkSync(from);
}

/** Removes the folders of the trash that hold nothing any more. */
function sweep(root: string, kept: string): void {
  for (let folder = parentOf(kept); folder.startsWith(trashPath); folder = parentOf(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return;
    }
  }
}
