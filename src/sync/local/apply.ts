import { createHash, type Hash, hash as hashOnce } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { modeMask } from '../core/compare.js';
import type { DirectoryEntry, Entry, FileEntry, SymlinkEntry } from '../core/entry.js';
import { type Traits, whyImpossible } from '../core/naming.js';
import { asRead, isPortableTarget, isReservedName, isSafePath, parentOf, parentsOf } from '../core/path.js';
import type { FileMeta, Incoming, Keeping, Patchable } from '../endpoint.js';
import { changedFailure, fileFailure, localFailure } from '../file-failure.js';
import { copyFrom } from './base.js';
import { observe } from './observe.js';
import { removeFile } from './remove-file.js';
import { putInPlace } from './replace.js';
import type { Stage } from './stage.js';
import type { TrashReason } from '../trash/journal.js';
import type { Trash } from './trash.js';

/** Where changes are made: the root, and the places inside it for what comes and what goes. */
export interface Place {
  readonly root: string;
  readonly stage: Stage;
  readonly trash: Trash;
  /** Default: everything can be kept. */
  readonly traits?: Traits;
}

/**
 * Changes to the local tree. Each is one step without a gap for the event loop: check that no parent is a symlink, check that the target still is
 * what was seen, do it, look at the result. Content arrives in the stage first.
 */
export function applyMkdir(place: Place, path: string, mode: number): DirectoryEntry {
  return attempt(path, () => {
    checkPlace(place, path, undefined);
    const absolute = join(place.root, path);
    mkdirSync(absolute);
    if (!place.traits?.modeless) chmodSync(absolute, mode & modeMask);
    return result(place, path, 'directory');
  });
}

export function applySymlink(
  place: Place,
  path: string,
  seen: Entry | undefined,
  target: string,
  keeping?: Keeping,
): SymlinkEntry {
  return attempt(path, () => {
    if (!isPortableTarget(path, asRead(target, process.platform)))
      throw fileFailure(
        'SYNC_UNSAFE_PATH',
        path,
        `${path} links to ${target}, which is outside the synced folder.`,
      );
    const staged = place.stage.next();
    symlinkSync(target, staged);
    try {
      checkPlace(place, path, seen);
      putInPlace(place, staged, path, seen, keeping);
    } finally {
      removeFile(staged);
    }
    return result(place, path, 'symlink');
  });
}

export function applyChmod(place: Place, path: string, seen: Entry, mode: number): Entry {
  return attempt(path, () => {
    checkPlace(place, path, seen);
    if (seen.kind !== 'file' && seen.kind !== 'directory') throw changedFailure(path);
    if (!place.traits?.modeless) chmodSync(join(place.root, path), mode & modeMask);
    return result(place, path, seen.kind);
  });
}

/** Moves a file or symlink to the trash and tells where; removes a directory, which must be empty. */
export function applyRemove(
  place: Place,
  path: string,
  seen: Entry,
  why: TrashReason = 'removed',
): string | undefined {
  return attempt(path, () => {
    checkPlace(place, path, seen);
    if (seen.kind !== 'directory') return place.trash.move(path, why);
    rmdirSync(join(place.root, path));
    return undefined;
  });
}

/** Keeps a symlink of the other side. */
export function applyLinkInTrash(place: Place, path: string, target: string): string {
  return attempt(path, () => {
    const kept = place.trash.reserve(path);
    symlinkSync(target, join(place.root, kept));
    place.trash.note(kept, 'theirs');
    return kept;
  });
}

/** A file on its way into the root. `done` is told the result in the same step in which it becomes visible. */
export function applyWrite(
  place: Place,
  path: string,
  seen: Entry | undefined,
  meta: FileMeta,
  done: (entry: FileEntry) => void,
  keeping?: Keeping,
): Patchable {
  const staged = new StagedFile(place, path, meta);
  return {
    data: (chunk) => staged.data(chunk),
    copy: (offset, length) => copyFrom(place, path, seen, { offset, length }, (chunk) => staged.data(chunk)),
    abort: () => staged.abort(),
    commit: async (hash) => {
      const entry = attempt(path, () => {
        try {
          staged.finish(hash);
          checkPlace(place, path, seen);
          putInPlace(place, staged.absolute, path, seen, keeping);
        } catch (error) {
          staged.abort();
          throw error;
        }
        return result(place, path, 'file');
      });
      done(entry);
      return entry;
    },
  };
}

/** Content for the trash: there is no target to check. */
export function applyWriteToTrash(
  place: Place,
  path: string,
  meta: FileMeta,
): Incoming & { savedAs: () => string } {
  const staged = new StagedFile(place, path, meta);
  let kept = '';
  return {
    data: (chunk) => staged.data(chunk),
    abort: () => staged.abort(),
    savedAs: () => kept,
    commit: async (hash) =>
      attempt(path, () => {
        staged.finish(hash);
        kept = place.trash.reserve(path);
        renameSync(staged.absolute, join(place.root, kept));
        place.trash.note(kept, 'theirs');
        return result(place, kept, 'file');
      }),
  };
}

class StagedFile {
  readonly absolute: string;
  readonly #path: string;
  readonly #meta: FileMeta;
  readonly #modeless: boolean;
  /** Of what came so far; of a file that came in one piece the hash itself. */
  #sum: Hash | string | undefined;
  #size = 0;
  #fd: number | undefined;

  constructor(place: Place, path: string, meta: FileMeta) {
    this.#path = path;
    this.#meta = meta;
    this.#modeless = place.traits?.modeless === true;
    this.absolute = attempt(path, () => place.stage.next());
  }

  data(chunk: Buffer): void {
    attempt(this.#path, () => {
      this.#size += chunk.length;
      if (this.#size > this.#meta.size) throw this.#mismatch();
      this.#hash(chunk);
      const fd = this.#open();
      for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
    });
  }

  /** Checks size and hash, sets mode and time, closes. */
  finish(hash: string): void {
    const fd = this.#open();
    if (this.#size !== this.#meta.size || this.#digest() !== hash) throw this.#mismatch();
    if (!this.#modeless) fchmodSync(fd, this.#meta.mode & modeMask);
    const mtime = this.#meta.mtime.s + this.#meta.mtime.ns / 1e9;
    futimesSync(fd, mtime, mtime);
    this.#fd = undefined;
    closeSync(fd);
  }

  #hash(chunk: Buffer): void {
    if (this.#sum === undefined && chunk.length === this.#meta.size) {
      this.#sum = hashOnce('sha256', chunk, 'hex');
    } else if (typeof this.#sum !== 'string') {
      this.#sum ??= createHash('sha256');
      this.#sum.update(chunk);
    }
  }

  #digest(): string {
    if (typeof this.#sum === 'string') return this.#sum;
    return (this.#sum ?? createHash('sha256')).digest('hex');
  }

  abort(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    removeFile(this.absolute);
  }

  #open(): number {
    return (this.#fd ??= openSync(this.absolute, 'wx', 0o600));
  }

  #mismatch() {
    return fileFailure('SYNC_CONTENT_MISMATCH', this.#path, `The content of ${this.#path} arrived damaged.`);
  }
}

/** Refuses to act outside the root or through a symlink, or when the target is not what was seen. Makes missing parents. */
export function checkPlace(
  place: Pick<Place, 'root' | 'traits'>,
  path: string,
  seen: Entry | undefined,
): void {
  if (path === '' || !isSafePath(path) || path.split('/').some(isReservedName))
    throw fileFailure('SYNC_UNSAFE_PATH', path, `${JSON.stringify(path)} is not a path sync may change.`);
  for (const at of [path, ...parentsOf(path)]) {
    const why = place.traits && whyImpossible(place.traits.naming, at);
    if (why !== undefined) throw fileFailure('SYNC_UNSAFE_PATH', path, `${path} cannot be here: ${why}.`);
  }
  checkParent(place, parentOf(path), path);
  const now = observe(place.root, path);
  if (seen === undefined ? now !== undefined : now === undefined || !sameEntry(now, seen))
    throw changedFailure(path);
}

function checkParent(place: Pick<Place, 'root'>, parent: string, path: string): void {
  if (parent === '') return;
  checkParent(place, parentOf(parent), path);
  const entry = observe(place.root, parent);
  if (entry === undefined) mkdirSync(join(place.root, parent));
  else if (entry.kind === 'symlink')
    throw fileFailure('SYNC_UNSAFE_PATH', path, `${path} lies behind the symlink ${parent}.`);
  else if (entry.kind !== 'directory') throw changedFailure(path);
}

const sameEntry = (a: Entry, b: Entry): boolean =>
  a.kind === b.kind && 'stamp' in a && 'stamp' in b && a.stamp === b.stamp;

function result<K extends Entry['kind']>(place: Place, path: string, kind: K): Extract<Entry, { kind: K }> {
  const entry = observe(place.root, path);
  if (entry?.kind !== kind) throw changedFailure(path);
  return entry as Extract<Entry, { kind: K }>;
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw localFailure(error, path);
  }
}
