import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { Failure } from '../../base/failure.js';
import type { FileEntry } from '../core/entry.js';
import { readNow } from '../local/read-now.js';
import type { Placed, RemoteBatch } from '../remote/batch.js';
import { maxSmallLength } from '../wire/puts.js';
import type { Ledger } from './ledger.js';
import { type Change, type Done, type FileChange, hasAlready, recordCopy } from './perform.js';
import type { Sides } from './sides.js';

/** In one message: so many that reading them, which nothing interrupts, does not hold up what else is to be done. */
const together = { files: 128, bytes: 256 * 1024, readingMs: 20 } as const;
/** Messages under way at once. */
const messages = 4;

/** A small file that goes up, and how to tell how it went: see Work. */
export interface Upload {
  readonly change: FileChange;
  readonly release: (error?: unknown) => void;
}

/** What goes together, in its order. */
export interface Group {
  readonly uploads: Upload[];
  bytes: number;
}

/** What uploads need of the work they are part of. */
export interface UploadEvents {
  done(done: Done): void;
  /** It has to go the usual way: it is still young, has changed, or cannot be read. */
  aside(upload: Upload): void;
  /** So many bytes are under way no more. */
  left(bytes: number): void;
}

/** Whether a change may be made together with others: nothing but a small file that goes up, where nothing is to be kept. */
export const isSmallUpload = (change: Change): change is FileChange =>
  change.do === 'file' &&
  change.to === 'remote' &&
  !change.conflict &&
  change.source.size <= maxSmallLength &&
  (change.target === undefined || change.target.kind === 'file');

/** Cuts uploads into what goes together, in their order. Pure. */
export function groupsOf(uploads: readonly Upload[]): Group[] {
  const groups: Group[] = [];
  for (const upload of uploads) {
    const { size } = upload.change.source;
    const last = groups.at(-1);
    if (last && last.uploads.length < together.files && last.bytes + size <= together.bytes) {
      last.uploads.push(upload);
      last.bytes += size;
    } else {
      groups.push({ uploads: [upload], bytes: size });
    }
  }
  return groups;
}

/** Sends small files up, many in one message: what each takes by itself costs more than its content. */
export class Uploads {
  readonly #ledger: Ledger;
  readonly #sides: Sides;
  readonly #events: UploadEvents;
  readonly #signal: AbortSignal;
  readonly #waiting: { group: Group; ended: () => void }[] = [];
  /** Under way. */
  #messages = 0;

  constructor(ledger: Ledger, sides: Sides, events: UploadEvents, signal: AbortSignal) {
    this.#ledger = ledger;
    this.#sides = sides;
    this.#events = events;
    this.#signal = signal;
  }

  /** Sends a group, with others that wait meanwhile. Never rejects; resolves when all of it has come to its end or gone aside. */
  send(group: Group): Promise<void> {
    return new Promise((ended) => {
      this.#waiting.push({ group, ended });
      this.#next();
    });
  }

  #next(): void {
    while (this.#messages < messages && this.#waiting.length > 0) {
      let [files, bytes, count] = [0, 0, 0];
      for (const { group } of this.#waiting) {
        files += group.uploads.length;
        if (count > 0 && (files > together.files || bytes + group.bytes > together.bytes)) break;
        bytes += group.bytes;
        count++;
      }
      const taken = this.#waiting.splice(0, count);
      this.#messages++;
      const uploads = taken.flatMap(({ group }) => group.uploads);
      void this.#send(uploads, bytes).finally(() => {
        this.#messages--;
        for (const { ended } of taken) ended();
        this.#next();
      });
    }
  }

  async #send(uploads: readonly Upload[], bytes: number): Promise<void> {
    await this.#sides.remote.room(bytes);
    for (let rest = uploads; rest.length > 0;) rest = await this.#message(rest, bytes);
  }

  /** Sends them, or the first of them where reading takes long; gives the rest. */
  async #message(uploads: readonly Upload[], bytes: number): Promise<readonly Upload[]> {
    // What came in is not held up.
    await setImmediate();
    // What still waits when the session ends is not begun.
    if (this.#signal.aborted) return [];
    const batch = this.#sides.remote.batch(bytes, uploads.length);
    const hashes: string[] = [];
    const sent: Upload[] = [];
    const until = performance.now() + together.readingMs;
    let taken = 0;
    for (const upload of uploads) {
      if (taken > 0 && performance.now() > until) break;
      taken++;
      if (this.#add(upload, batch, hashes)) sent.push(upload);
    }
    if (sent.length > 0) await this.#finish(sent, hashes, batch);
    return uploads.slice(taken);
  }

  #add(upload: Upload, batch: RemoteBatch, hashes: string[]): boolean {
    const { path, source, target, mode } = upload.change;
    this.#ledger.trust(path);
    let isThere = false;
    const absolute = join(this.#sides.local.root, path);
    const read = (into: Buffer, at: number) => {
      const hash = readNow(absolute, source, into, at);
      if (hash === undefined || target?.kind !== 'file') return hash;
      isThere = hasAlready(this.#ledger, 'remote', path, target, hash);
      if (isThere) this.#ledger.hashed('local', path, source.stamp, hash);
      return isThere ? undefined : hash;
    };
    const hash = batch.add(path, target, { mode, mtime: source.mtime, size: source.size }, read);
    if (hash !== undefined) {
      hashes.push(hash);
      return true;
    }
    this.#events.left(source.size);
    if (isThere) upload.release();
    else this.#events.aside(upload);
    return false;
  }

  async #finish(sent: readonly Upload[], hashes: readonly string[], batch: RemoteBatch): Promise<void> {
    let placed: Placed;
    try {
      placed = await batch.send();
    } catch (error) {
      for (const { release } of sent) release(error);
      return;
    }
    for (const [index, upload] of sent.entries()) {
      this.#events.left(upload.change.source.size);
      this.#end(upload, placed[index] as FileEntry | Failure, hashes[index] as string);
    }
  }

  #end({ change, release }: Upload, made: FileEntry | Failure, hash: string): void {
    if (made instanceof Failure) return release(made);
    const { path, source, target } = change;
    recordCopy(change, made, { hash, entry: source }, this.#ledger);
    // What own work has left need not be looked at again, when that is all there is to say of it.
    if (this.#ledger.isSettled(path)) this.#ledger.dirty.delete(path);
    const action = target ? 'update' : 'create';
    this.#events.done({ direction: 'up', action, path, directory: false, size: source.size });
    release();
  }
}
