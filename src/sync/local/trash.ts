import { cpSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { systemCode } from '../../base/failure.js';
import { parentOf } from '../core/path.js';
import { noteInJournal, type TrashReason } from '../trash/journal.js';
import { makeDirectory } from './make-directory.js';
import { observe } from './observe.js';

/** Keeps what sync would otherwise destroy, under `.devspace/trash/<time>/<path>` inside the root (so that moving is a rename). */
export class Trash {
  readonly #root: string;
  readonly #now: () => Date;

  constructor(root: string, now: () => Date = () => new Date()) {
    this.#root = root;
    this.#now = now;
  }

  /** Moves what is at the path; tells where it is now, relative to the root. */
  move(path: string, why: TrashReason): string {
    const kept = this.reserve(path);
    const from = join(this.#root, path);
    const to = join(this.#root, kept);
    try {
      renameSync(from, to);
    } catch (error) {
      // Another file system is mounted below the root.
      if (systemCode(error) !== 'EXDEV') throw error;
      copyWhole(from, to);
      rmSync(from, { recursive: true });
    }
    this.note(kept, why);
    return kept;
  }

  /** Moves a file of this file system that is somewhere else by now, as if it were at the path. */
  take(absolute: string, path: string, why: TrashReason): string {
    const kept = this.reserve(path);
    renameSync(absolute, join(this.#root, kept));
    this.note(kept, why);
    return kept;
  }

  /** Keeps a copy of a file or symlink that stays where it is: a second name for the same content where that is possible. */
  copy(path: string, why: TrashReason): string {
    const kept = this.reserve(path);
    const from = join(this.#root, path);
    const to = join(this.#root, kept);
    try {
      linkSync(from, to);
    } catch {
      copyWhole(from, to);
    }
    this.note(kept, why);
    return kept;
  }

  /** Writes down why something is there. */
  note(kept: string, why: TrashReason): void {
    noteInJournal(this.#root, kept, why);
  }

  /** A free place for the path, with the directories above it made. */
  reserve(path: string): string {
    makeDirectory(this.#root, '.devspace/trash');
    const time = this.#now().toISOString().replaceAll(':', '-').replace('.', '-');
    for (let count = 0; ; count++) {
      const batch = `.devspace/trash/${time}${count === 0 ? '' : `-${count}`}`;
      const kept = `${batch}/${path}`;
      if (observe(this.#root, kept) !== undefined) continue;
      try {
        makeDirectory(this.#root, parentOf(kept));
        // A file may be kept where a directory is needed now.
        if (observe(this.#root, parentOf(kept))?.kind === 'directory') return kept;
      } catch (error) {
        if (systemCode(error) !== 'ENOTDIR' || count > 1000) throw error;
      }
    }
  }
}

/** Leaves no half copy behind. */
function copyWhole(from: string, to: string): void {
  try {
    cpSync(from, to, { verbatimSymlinks: true, preserveTimestamps: true, recursive: true });
  } catch (error) {
    rmSync(to, { recursive: true, force: true });
    throw error;
  }
}
