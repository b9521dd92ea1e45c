import { lstatSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../../base/failure.js';
import type { DirectoryEntry, Entry, FileEntry, Observed, SymlinkEntry } from '../core/entry.js';
import type { Rules } from '../core/ignore.js';
import { spelled, type Traits } from '../core/naming.js';
import type { BlockSums } from '../delta/block-sums.js';
import type {
  Content,
  Endpoint,
  EndpointEvents,
  FileMeta,
  Incoming,
  Kept,
  Patchable,
  Sink,
} from '../endpoint.js';
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
import { Checkout } from './checkout.js';
import { findBlocks, readDelta } from './delta.js';
import { ExactNames } from './exact-names.js';
import { Hints } from './hints.js';
import { observeInside } from './observe.js';
import { readLocal } from './read.js';
import { identify, resolveRoot, rootVanished } from './root.js';
import { scanLocal } from './scan.js';
import { Stage } from './stage.js';
import { sweepTrash } from './sweep-trash.js';
import { probeTraits, withoutMode } from './traits.js';
import type { TrashReason } from '../trash/journal.js';
import { Trash } from './trash.js';
import { type LocalWatch, openWatch } from './watch.js';

/** How often everything is scanned where nothing tells of changes; scanning takes at most this share of the time. */
const poll = { everyMs: 2000, share: 0.05 };
/** A file written this recently may have been written twice within one tick of the clock. */
const suspectMs = 50;

/**
 * The local side. `polling`: changes are looked for every 2 s, without watches. Throws SYNC_LOCAL_PATH_MISSING when there is no such directory. The
 * caller disposes it.
 */
export function openLocal(root: string, rules: Rules, polling = false): Local {
  return new Local(resolveRoot(root), rules, polling);
}

/**
 * A directory here, as an {@link Endpoint}. Changes are made synchronously, so that nothing happens between a check and what it guards. While git
 * changes the tree, nothing is looked at or changed: what git did is told as one when it is done, and what was to be changed is checked against it.
 */
export class Local implements Endpoint {
  readonly side = 'local';
  readonly root: string;
  /** Which directory this is, beyond its name. */
  readonly identity: string;
  readonly traits: Traits;
  readonly #rules: Rules;
  readonly #polling: boolean;
  readonly #place: Place;
  readonly #checkout: Checkout;
  readonly #hints: Hints;
  #events: EndpointEvents | undefined;
  #watch: LocalWatch | undefined;
  readonly #ending = new AbortController();
  readonly #sweeping: Promise<void>;
  #pollTimer: NodeJS.Timeout | undefined;
  /** Looking around happens one at a time, so that what is told stays in order. */
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(root: string, rules: Rules, polling: boolean) {
    this.root = root;
    this.identity = identify(root) ?? '';
    this.traits = probeTraits(root);
    this.#rules = rules;
    this.#polling = polling;
    this.#sweeping = sweepTrash(root, this.#ending.signal);
    this.#place = {
      root,
      stage: new Stage(root),
      trash: new Trash(root),
      traits: this.traits,
    };
    this.#checkout = new Checkout(root);
    this.#hints = new Hints(
      () => void this.#look(() => this.#lookAround()).catch(() => {}),
      () => this.#events?.lost(),
    );
  }

  watch(events: EndpointEvents): void {
    this.#events = events;
    if (this.#polling) return this.#pollIn(poll.everyMs);
    this.#watch = openWatch(this.root, {
      hint: (path, written) => {
        this.#checkout.heard();
        this.#hints.add(spelled(this.traits.naming, path), written);
      },
      limited: () => {
        events.degraded('The system allows no more file watches; local changes are looked for every 2 s.');
        this.#pollIn(poll.everyMs);
      },
    });
  }

  scan(path: string): Promise<void> {
    return this.#look(async () => {
      // The first look, of everything, waits for no one.
      if (path !== '') await this.#checkout.running();
      if (new ExactNames(this.root, this.traits.naming).has(path)) await this.#scan(path);
      else this.#tell(path, undefined);
    });
  }

  async hash(path: string, stamp: string): Promise<string> {
    const content = await readLocal(join(this.root, path), path, stamp, { data: () => {} });
    return content.hash;
  }

  async read(path: string, seen: FileEntry, sink: Sink): Promise<Content> {
    const { hash, entry } = await readLocal(join(this.root, path), path, seen.stamp, sink);
    return { hash, entry: this.#plain(entry) };
  }

  /** Like `read`, but what the sums tell to be on the other side already is copied there. */
  async readDelta(path: string, seen: FileEntry, sums: BlockSums, target: Patchable): Promise<Content> {
    const { hash, entry } = await readDelta(join(this.root, path), path, seen.stamp, sums, target);
    return { hash, entry: this.#plain(entry) };
  }

  /** Where in a file the blocks are that the sums tell of: their offsets, -1 for those that are not in it. */
  findBlocks(path: string, seen: FileEntry, sums: BlockSums): Promise<Float64Array> {
    return findBlocks(join(this.root, path), path, seen.stamp, sums);
  }

  write(path: string, seen: Entry | undefined, meta: FileMeta, kept?: Kept): Patchable {
    const incoming = applyWrite(this.#place, path, seen, meta, (entry) => this.#tell(path, entry), kept);
    const commit = async (hash: string) => {
      await this.#checkout.running();
      return this.#plain(await incoming.commit(hash));
    };
    return { ...incoming, commit };
  }

  async mkdir(path: string, mode: number): Promise<DirectoryEntry> {
    await this.#checkout.running();
    const entry = applyMkdir(this.#place, path, mode);
    this.#follow(path);
    return this.#tell(path, entry);
  }

  async symlink(path: string, seen: Entry | undefined, target: string, kept?: Kept): Promise<SymlinkEntry> {
    await this.#checkout.running();
    return this.#tell(path, applySymlink(this.#place, path, seen, target, kept));
  }

  async chmod(path: string, seen: Entry, mode: number): Promise<Entry> {
    await this.#checkout.running();
    return this.#tell(path, applyChmod(this.#place, path, seen, mode));
  }

  async remove(path: string, seen: Entry, why?: TrashReason): Promise<string | undefined> {
    await this.#checkout.running();
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
    this.#ending.abort();
    clearTimeout(this.#pollTimer);
    this.#hints[Symbol.dispose]();
    this.#checkout[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    await this.#looking;
    await this.#sweeping;
    this.#place.stage[Symbol.dispose]();
  }

  #tell<E extends Entry | undefined>(path: string, entry: E): E {
    const plain = entry === undefined ? entry : this.#plain(entry);
    this.#events?.changed([named(path, plain)], []);
    return plain;
  }

  #plain<E extends Entry>(entry: E): E {
    return this.traits.modeless ? withoutMode(entry) : entry;
  }

  #pollIn(ms: number): void {
    clearTimeout(this.#pollTimer);
    this.#pollTimer = setTimeout(() => {
      const began = performance.now();
      this.scan('')
        .then(() => this.#pollIn(Math.max(poll.everyMs, (performance.now() - began) / poll.share)))
        .catch(() => {});
    }, ms);
  }

  /** Looks at every path that was hinted at and tells what is there. */
  async #lookAround(): Promise<void> {
    const running = this.#checkout.running();
    if (running) await running;
    if (this.#closed) return;
    this.#events?.switching?.(running !== undefined);
    try {
      await this.#tellHints(this.#hints.take());
    } finally {
      this.#events?.switching?.(false);
    }
  }

  async #tellHints(hints: ReadonlyMap<string, boolean>): Promise<void> {
    if (identify(this.root) !== this.identity) {
      this.#events?.failed(rootVanished(this.root));
      return;
    }
    const seen: Observed[] = [];
    const suspects: string[] = [];
    const found: string[] = [];
    const real = new Set<string>();
    const names = new ExactNames(this.root, this.traits.naming);
    for (const [path, written] of hints) {
      if (path === '') {
        this.#events?.lost();
        continue;
      }
      const there = observeInside(this.root, path, real);
      const entry = there && names.has(path) ? this.#plain(there) : undefined;
      if (this.#rules.excluded(path, entry?.kind === 'directory')) continue;
      if (entry?.kind === 'directory') {
        if (this.#follow(path)) found.push(path);
      } else {
        this.#watch?.drop(path);
      }
      if (entry?.kind === 'file' && written && isYoung(entry, this.traits.tickMs)) suspects.push(path);
      seen.push(named(path, entry));
    }
    this.#events?.changed(seen, suspects);
    for (const path of found) await this.#scan(path);
  }

  async #scan(path: string): Promise<void> {
    if (path === '' && identify(this.root) !== this.identity) throw rootVanished(this.root);
    const scanning = this.#events?.scanning(path);
    await scanLocal(this.root, path, this.#rules, {
      entering: (directory) => this.#follow(directory),
      seen: (entries) => this.#events?.changed(this.traits.modeless ? entries.map(withoutMode) : entries, []),
      spelled: (name) => spelled(this.traits.naming, name),
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
      this.#events?.failed(error instanceof Failure ? error : rootVanished(this.root, error));
    });
    return looked;
  }
}

const named = (path: string, entry: Entry | undefined): Observed =>
  entry === undefined ? { path, kind: 'absent' } : { path, ...entry };

function isYoung(entry: FileEntry, tickMs: number): boolean {
  return Date.now() - entry.mtime.s * 1000 - entry.mtime.ns / 1e6 < suspectMs + tickMs;
}
