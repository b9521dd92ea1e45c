import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

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
  Keeping,
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
import { type Hinted, Hints } from './hints.js';
import { observeInside } from './observe.js';
import { Polling } from './polling.js';
import { readLocal } from './read.js';
import { identify, identifyInside, resolveRoot, rootVanished } from './root.js';
import { scanLocal } from './scan.js';
import { Stage } from './stage.js';
import { isSuspect } from './suspect.js';
import { sweepTrash } from './sweep-trash.js';
import { named, Teller } from './teller.js';
import { probeTraits } from './traits.js';
import type { TrashReason } from '../trash/journal.js';
import { Trash } from './trash.js';
import { type LocalWatch, openWatch } from './watch.js';

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
  readonly #isPolling: boolean;
  readonly #place: Place;
  readonly #checkout: Checkout;
  readonly #hints: Hints;
  readonly #teller: Teller;
  readonly #poll: Polling;
  #watch: LocalWatch | undefined;
  readonly #ending = new AbortController();
  readonly #sweeping: Promise<void>;
  /** Looking around happens one at a time, so that what is told stays in order. */
  #looking: Promise<void> = Promise.resolve();
  /** Everything was looked at once. */
  #isListed = false;
  #closed = false;

  constructor(root: string, rules: Rules, polling: boolean) {
    this.root = root;
    this.identity = identify(root) ?? '';
    this.traits = probeTraits(root);
    this.#rules = rules;
    this.#isPolling = polling;
    this.#sweeping = sweepTrash(root, this.#ending.signal);
    this.#place = {
      root,
      stage: new Stage(root),
      trash: new Trash(root),
      traits: this.traits,
    };
    this.#teller = new Teller(this.traits.modeless);
    this.#checkout = new Checkout(root);
    this.#poll = new Polling(() => this.#rescan(false));
    this.#hints = new Hints(
      () => void this.#look(() => this.#lookAround()).catch(() => {}),
      (byGit) => void this.#rescan(byGit).catch(() => {}),
    );
  }

  watch(events: EndpointEvents): void {
    this.#teller.events = events;
    if (this.#isPolling) return this.#poll.begin();
    this.#checkout.watch();
    this.#watch = openWatch(this.root, {
      hint: (path, written) => {
        this.#hints.add(spelled(this.traits.naming, path), written, this.#checkout.heard());
      },
      limited: () => {
        events.degraded('The system allows no more file watches; local changes are looked for every 2 s.');
        this.#poll.begin();
      },
    });
  }

  async scan(path: string): Promise<void> {
    if (path === '') return this.#rescan(false);
    // What has happened before is told first, as done by whoever did it: for that the system's events have to come in.
    await setImmediate();
    await setImmediate();
    return this.#look(async () => {
      await this.#lookAround();
      if (new ExactNames(this.root, this.traits.naming).has(path)) await this.#scan(path, false);
      else this.#teller.one(path, undefined);
    });
  }

  async hash(path: string, stamp: string): Promise<string> {
    const content = await readLocal(join(this.root, path), path, stamp, { data: () => {} });
    return content.hash;
  }

  async read(path: string, seen: FileEntry, sink: Sink): Promise<Content> {
    const { hash, entry } = await readLocal(join(this.root, path), path, seen.stamp, sink);
    return { hash, entry: this.#teller.plain(entry) };
  }

  /** Like `read`, but what the sums tell to be on the other side already is copied there. */
  async readDelta(path: string, seen: FileEntry, sums: BlockSums, target: Patchable): Promise<Content> {
    const { hash, entry } = await readDelta(join(this.root, path), path, seen.stamp, sums, target);
    return { hash, entry: this.#teller.plain(entry) };
  }

  /** Where in a file the blocks are that the sums tell of: their offsets, -1 for those that are not in it. */
  findBlocks(path: string, seen: FileEntry, sums: BlockSums): Promise<Float64Array> {
    return findBlocks(join(this.root, path), path, seen.stamp, sums);
  }

  write(path: string, seen: Entry | undefined, meta: FileMeta, keeping?: Keeping): Patchable {
    const tell = (entry: Entry | undefined) => this.#teller.one(path, entry);
    const incoming = applyWrite(this.#place, path, seen, meta, tell, keeping);
    const commit = async (hash: string) => {
      await this.#checkout.running();
      return this.#teller.plain(await incoming.commit(hash));
    };
    return { ...incoming, commit };
  }

  async mkdir(path: string, mode: number): Promise<DirectoryEntry> {
    await this.#checkout.running();
    const entry = applyMkdir(this.#place, path, mode);
    this.#follow(path);
    return this.#teller.one(path, entry);
  }

  async symlink(
    path: string,
    seen: Entry | undefined,
    target: string,
    keeping?: Keeping,
  ): Promise<SymlinkEntry> {
    await this.#checkout.running();
    return this.#teller.one(path, applySymlink(this.#place, path, seen, target, keeping));
  }

  async chmod(path: string, seen: Entry, mode: number): Promise<Entry> {
    await this.#checkout.running();
    return this.#teller.one(path, applyChmod(this.#place, path, seen, mode));
  }

  async remove(path: string, seen: Entry, why?: TrashReason): Promise<string | undefined> {
    await this.#checkout.running();
    const kept = applyRemove(this.#place, path, seen, why);
    this.#watch?.drop(path);
    this.#teller.one(path, undefined);
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
    this.#poll[Symbol.dispose]();
    this.#hints[Symbol.dispose]();
    this.#checkout[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    await this.#looking;
    await this.#sweeping;
    this.#place.stage[Symbol.dispose]();
  }

  /** Looks at everything. The first time, no one is waited for. */
  #rescan(byGit: boolean): Promise<void> {
    return this.#look(async () => {
      const running = this.#isListed ? this.#checkout.running() : undefined;
      await running;
      await this.#scan('', byGit || running !== undefined);
      this.#isListed = true;
    });
  }

  /** Looks at every path that was hinted at and tells what is there. */
  async #lookAround(): Promise<void> {
    const running = this.#checkout.running();
    if (running) await running;
    if (this.#closed) return;
    const { paths, byGit } = this.#hints.take();
    if (paths.size > 0) await this.#tellHinted({ paths, byGit: byGit || running !== undefined });
  }

  async #tellHinted({ paths, byGit }: Hinted): Promise<void> {
    if (identify(this.root) !== this.identity) {
      this.#teller.events?.failed(rootVanished(this.root));
      return;
    }
    const seen: Observed[] = [];
    const suspects: string[] = [];
    const found: string[] = [];
    const real = new Set<string>();
    const names = new ExactNames(this.root, this.traits.naming);
    for (const [path, written] of paths) {
      if (path === '') {
        void this.#rescan(byGit).catch(() => {});
        continue;
      }
      const there = observeInside(this.root, path, real);
      const entry = there && names.has(path) ? there : undefined;
      if (this.#rules.excluded(path, entry?.kind === 'directory')) continue;
      if (entry?.kind === 'directory') {
        if (this.#follow(path)) found.push(path);
      } else {
        this.#watch?.drop(path);
      }
      if (entry?.kind === 'file' && written && isSuspect(entry, this.traits.tickMs)) suspects.push(path);
      seen.push(named(path, entry));
    }
    this.#teller.many(seen, suspects, byGit);
    for (const path of found) await this.#scan(path, byGit);
  }

  /** Looks at everything at and below the path. When git begins meanwhile, the rest waits for it, and counts as its work. */
  async #scan(path: string, wasByGit: boolean): Promise<void> {
    if (path === '' && identify(this.root) !== this.identity) throw rootVanished(this.root);
    const scanning = this.#teller.events?.scanning(path);
    let byGit = wasByGit;
    const running = () => {
      const running = this.#isListed ? this.#checkout.running() : undefined;
      byGit ||= running !== undefined;
      return running;
    };
    await scanLocal(this.root, path, this.#rules, {
      entering: (directory) => this.#follow(directory),
      closed: (directory) => this.#watch?.drop(directory),
      seen: (entries) => {
        void running();
        this.#teller.many(entries, [], byGit);
      },
      pause: running,
      spelled: (name) => spelled(this.traits.naming, name),
    });
    this.#teller.end(scanning, byGit);
  }

  /** Watches a directory; true when it, or this one of that name, was not watched before. */
  #follow(path: string): boolean {
    const identity = identifyInside(join(this.root, path));
    if (identity === undefined || this.#watch === undefined) return false;
    return this.#watch.add(path, identity);
  }

  #look(act: () => Promise<void>): Promise<void> {
    const looked = this.#looking.then(() => (this.#closed ? undefined : act()));
    this.#looking = looked.catch((error: unknown) => {
      this.#teller.events?.failed(error instanceof Failure ? error : rootVanished(this.root, error));
    });
    return looked;
  }
}
