import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../../base/failure.js';
import type { DirectoryEntry, Entry, FileEntry, Observed, SymlinkEntry } from '../core/entry.js';
import type { Rules } from '../core/ignore.js';
import type { Content, Endpoint, EndpointEvents, FileMeta, Incoming, Kept, Sink } from '../endpoint.js';
import {
  applyChmod,
  applyLinkInTrash,
  applyMkdir,
  applyRemove,
  applySymlink,
  applyWrite,
  applyWriteToTrash,
  type Place,
} from './apply.js';
import { observeInside } from './observe.js';
import { readLocal } from './read.js';
import { scanLocal } from './scan.js';
import { Stage } from './stage.js';
import type { TrashReason } from '../trash/journal.js';
import { Trash } from './trash.js';
import { type LocalWatch, openWatch } from './watch.js';

/** Events are collected this long before anything is looked at. */
const coalesceMs = 3;
/** Node cannot tell when the system dropped events: after this many without a pause everything is scanned once more. */
const burst = { hints: 4000, quietMs: 300 };
/** How often everything is scanned when the system allows no more watches. */
const limitedScanMs = 2000;
/** A file written this recently may have been written twice within one tick of the clock. */
const suspectMs = 50;

/** The local side. Throws SYNC_LOCAL_PATH_MISSING when there is no such directory. The caller disposes it. */
export function openLocal(root: string, rules: Rules): Local {
  let resolved: string;
  try {
    resolved = realpathSync(root);
    if (!statSync(resolved).isDirectory()) throw new Error('it is not a directory');
  } catch (error) {
    throw new Failure({
      code: 'SYNC_LOCAL_PATH_MISSING',
      message: `The local folder to sync, ${root}, is not there or is not a directory.`,
      subject: root,
      hint: `Create it (mkdir -p ${root}) or correct dev.sync[*].localSubPath.`,
      cause: error,
    });
  }
  return new Local(resolved, rules);
}

/** A directory here, as an {@link Endpoint}. Changes are made synchronously, so that nothing happens between a check and what it guards. */
export class Local implements Endpoint {
  readonly side = 'local';
  readonly root: string;
  /** Which directory this is, beyond its name. */
  readonly identity: string;
  readonly #rules: Rules;
  readonly #place: Place;
  #events: EndpointEvents | undefined;
  #watch: LocalWatch | undefined;
  #hints = new Map<string, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #burst = 0;
  #burstTimer: NodeJS.Timeout | undefined;
  #limitedTimer: NodeJS.Timeout | undefined;
  /** Looking around happens one at a time, so that what is told stays in order. */
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(root: string, rules: Rules) {
    this.root = root;
    this.identity = identify(root) ?? '';
    this.#rules = rules;
    this.#place = { root, stage: new Stage(root), trash: new Trash(root) };
  }

  watch(events: EndpointEvents): void {
    this.#events = events;
    this.#watch = openWatch(this.root, {
      hint: (path, written) => this.#hint(path, written),
      limited: () => {
        events.degraded('The system allows no more file watches; local changes are looked for every 2 s.');
        this.#limitedTimer = setInterval(() => events.lost(), limitedScanMs);
      },
    });
  }

  scan(path: string): Promise<void> {
    return this.#look(() => this.#scan(path));
  }

  async hash(path: string, stamp: string): Promise<string> {
    const content = await readLocal(join(this.root, path), path, stamp, { data: () => {} });
    return content.hash;
  }

  read(path: string, seen: FileEntry, sink: Sink): Promise<Content> {
    return readLocal(join(this.root, path), path, seen.stamp, sink);
  }

  write(path: string, seen: Entry | undefined, meta: FileMeta, kept?: Kept): Incoming {
    return applyWrite(this.#place, path, seen, meta, (entry) => this.#tell(path, entry), kept);
  }

  async mkdir(path: string, mode: number): Promise<DirectoryEntry> {
    const entry = applyMkdir(this.#place, path, mode);
    this.#follow(path);
    return this.#tell(path, entry);
  }

  async symlink(path: string, seen: Entry | undefined, target: string, kept?: Kept): Promise<SymlinkEntry> {
    return this.#tell(path, applySymlink(this.#place, path, seen, target, kept));
  }

  async chmod(path: string, seen: Entry, mode: number): Promise<Entry> {
    return this.#tell(path, applyChmod(this.#place, path, seen, mode));
  }

  async remove(path: string, seen: Entry, why?: TrashReason): Promise<string | undefined> {
    const kept = applyRemove(this.#place, path, seen, why);
    this.#watch?.drop(path);
    this.#tell(path, undefined);
    return kept;
  }

  /** Takes content of the other side into the trash. */
  writeToTrash(path: string, meta: FileMeta): Incoming & { savedAs: () => string } {
    return applyWriteToTrash(this.#place, path, meta);
  }

  /** Takes a symlink of the other side into the trash; tells where. */
  linkInTrash(path: string, target: string): string {
    return applyLinkInTrash(this.#place, path, target);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#burstTimer);
    clearInterval(this.#limitedTimer);
    this.#watch?.[Symbol.dispose]();
    await this.#looking;
    this.#place.stage[Symbol.dispose]();
  }

  #tell<E extends Entry | undefined>(path: string, entry: E): E {
    this.#events?.changed([named(path, entry)], []);
    return entry;
  }

  #hint(path: string, written: boolean): void {
    if (this.#closed) return;
    this.#hints.set(path, written || (this.#hints.get(path) ?? false));
    this.#timer ??= setTimeout(() => {
      this.#look(() => this.#lookAround()).catch(() => {});
    }, coalesceMs);
    if (++this.#burst < burst.hints) return;
    if (this.#burstTimer) this.#burstTimer.refresh();
    else
      this.#burstTimer = setTimeout(() => {
        this.#burst = 0;
        this.#burstTimer = undefined;
        this.#events?.lost();
      }, burst.quietMs);
  }

  /** Looks at every path that was hinted at and tells what is there. */
  async #lookAround(): Promise<void> {
    this.#timer = undefined;
    if (identify(this.root) !== this.identity) {
      this.#events?.failed(this.#vanished());
      return;
    }
    const hints = this.#hints;
    this.#hints = new Map();
    if (this.#burstTimer === undefined && hints.size < 16) this.#burst = 0;
    const seen: Observed[] = [];
    const suspects: string[] = [];
    const found: string[] = [];
    const real = new Set<string>();
    for (const [path, written] of hints) {
      if (path === '') {
        this.#events?.lost();
        continue;
      }
      const entry = observeInside(this.root, path, real);
      if (this.#rules.excluded(path, entry?.kind === 'directory')) continue;
      if (entry?.kind === 'directory') {
        if (this.#follow(path)) found.push(path);
      } else {
        this.#watch?.drop(path);
      }
      if (
        entry?.kind === 'file' &&
        written &&
        Date.now() - entry.mtime.s * 1000 - entry.mtime.ns / 1e6 < suspectMs
      )
        suspects.push(path);
      seen.push(named(path, entry));
    }
    this.#events?.changed(seen, suspects);
    for (const path of found) await this.#scan(path);
  }

  async #scan(path: string): Promise<void> {
    if (path === '' && identify(this.root) !== this.identity) throw this.#vanished();
    const scanning = this.#events?.scanning(path);
    await scanLocal(this.root, path, this.#rules, {
      entering: (directory) => this.#follow(directory),
      seen: (entries) => this.#events?.changed(entries, []),
    });
    scanning?.end();
  }

  /** Watches a directory; true when it, or this one of that name, was not watched before. An inode alone may have been given away again. */
  #follow(path: string): boolean {
    const stats = lstatSync(join(this.root, path), { bigint: true, throwIfNoEntry: false });
    if (stats === undefined || this.#watch === undefined) return false;
    return this.#watch.add(path, `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`);
  }

  #look(act: () => Promise<void>): Promise<void> {
    const looked = this.#looking.then(() => (this.#closed ? undefined : act()));
    this.#looking = looked.catch((error: unknown) => {
      this.#events?.failed(error instanceof Failure ? error : this.#vanished(error));
    });
    return looked;
  }

  #vanished(cause?: unknown): Failure {
    return new Failure({
      code: 'SYNC_ROOT_VANISHED',
      message: `The local folder ${this.root} is gone or was replaced. Sync stopped; nothing was deleted in the container.`,
      subject: this.root,
      hint: 'Restore the folder, then start again.',
      cause,
    });
  }
}

const named = (path: string, entry: Entry | undefined): Observed =>
  entry === undefined ? { path, kind: 'absent' } : { path, ...entry };

function identify(root: string): string | undefined {
  const stats = statSync(root, { bigint: true, throwIfNoEntry: false });
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined;
}
