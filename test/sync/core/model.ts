import { createHash } from 'node:crypto';

import type { Ancestor, Entry, Known, Observed, Side } from '../../../src/sync/core/entry.js';
import { compileRules, type Patterns } from '../../../src/sync/core/ignore.js';
import type { Action } from '../../../src/sync/core/action.js';
import { exactNaming, exactTraits, type Naming, namingKey } from '../../../src/sync/core/naming.js';
import type { InitialSync } from '../../../src/sync/core/initial.js';
import type { Policy } from '../../../src/sync/core/policy.js';
import type { KnownTable } from '../../../src/sync/store/known-table.js';
import { Tombstones } from '../../../src/sync/core/tombstones.js';
import { plan } from '../../../src/sync/core/plan.js';
import { Ledger } from '../../../src/sync/merge/ledger.js';
import { takeOver } from '../../../src/sync/merge/take-over.js';

/**
 * A tree in a few words: path → `d` for a directory, `-> target` for a link, `!what` for what cannot be synced, else a file with that content. After
 * the content may come ` @time` and ` +x`: `hello @5 +x`.
 */
export type Named = Record<string, string>;

/** One side of a merge without a file system: what a change does to a tree, with contents, and what goes to the trash. */
export class ModelSide {
  readonly contents = new Map<string, { entry: Entry; content: string }>();
  #count = 0;
  readonly #name: string;

  constructor(name: string, named: Named) {
    this.#name = name;
    for (const [path, text] of Object.entries(named)) this.set(path, text);
  }

  stamp(): string {
    return Buffer.from(this.#name).toString('hex').slice(0, 2) + String(++this.#count).padStart(14, '0');
  }

  set(path: string, text: string): void {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = path.slice(0, at);
      if (this.contents.get(parent)?.entry.kind !== 'directory') this.put(parent, 'd', 0, 0o755);
    }
    const [, content = '', time, executable] = /^(.*?)(?: @(\d+))?( \+x)?$/s.exec(text) ?? [];
    this.put(path, content, Number(time ?? 1), executable ? 0o755 : 0o644);
  }

  put(path: string, content: string, time: number, mode: number): void {
    const stamp = this.stamp();
    let entry: Entry;
    if (content === 'd') entry = { kind: 'directory', mode: 0o755, stamp };
    else if (content.startsWith('-> ')) entry = { kind: 'symlink', target: content.slice(3), stamp };
    else if (content.startsWith('!')) entry = { kind: 'other', what: content.slice(1) };
    else entry = { kind: 'file', mode, size: content.length, mtime: { s: time, ns: 0 }, stamp };
    this.contents.set(path, { entry, content });
  }

  delete(path: string): void {
    for (const other of this.contents.keys())
      if (other === path || other.startsWith(`${path}/`)) this.contents.delete(other);
  }

  named(): Named {
    const named: Named = {};
    for (const [path, { entry, content }] of [...this.contents].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      named[path] = content + (entry.kind === 'file' && entry.mode & 0o100 ? ' +x' : '');
    return named;
  }
}

export interface ModelOptions extends Patterns {
  downloadOnInitialSync?: boolean;
  direction?: Policy['direction'];
  initial?: InitialSync;
  /** The container was replaced since. */
  replaced?: boolean;
  /** What the local side makes of names. */
  naming?: Naming;
  /** The local side keeps no modes. */
  modeless?: boolean;
  /** The ancestor was made with other excludes. */
  patternsChanged?: boolean;
}

/** A whole sync without any side effect: the real planner and ledger, with {@link ModelSide}s for the endpoints. */
export class Model {
  readonly local: ModelSide;
  readonly remote: ModelSide;
  readonly ledger: Ledger;
  readonly trash: { path: string; content: string }[] = [];
  readonly conflicts: string[] = [];
  /** Paths told to differ on purpose. */
  readonly told: string[] = [];
  readonly removed: string[] = [];
  readonly asked: string[] = [];
  readonly #key: ((path: string) => string) | undefined;

  constructor(
    local: ModelSide,
    remote: ModelSide,
    ancestor: Ancestor,
    options: ModelOptions = {},
    tombstones?: Tombstones,
  ) {
    this.local = local;
    this.remote = remote;
    this.#key = namingKey(options.naming ?? exactNaming);
    const { direction = 'both', downloadOnInitialSync, initial } = options;
    this.ledger = new Ledger(
      compileRules(options),
      { direction, initial, leaveRemoteOnly: downloadOnInitialSync === false },
      () => {},
      () => {},
      { ...exactTraits, naming: options.naming ?? exactNaming, modeless: options.modeless ?? false },
    );
    const into = (table: KnownTable) => {
      for (const [path, known] of ancestor) table.set(path, known);
    };
    for (const side of ['local', 'remote'] as const) this.#observe(side);
    takeOver(this.ledger, {
      ancestor: { into },
      parked: new Map(),
      tombstones: tombstones ?? new Tombstones(),
      newContainer: tombstones !== undefined,
      patternsChanged: options.patternsChanged ?? false,
    });
    this.ledger.markAll();
  }

  /** While no session ran, this side was edited, and the container was replaced by one whose image has this. */
  replacedBy(image: Named, edits: Edits = {}, options: ModelOptions = {}): Model {
    const ancestor: Ancestor = new Map();
    for (const [path, known] of this.ledger.ancestor)
      ancestor.set(path, { ...known, remoteStamp: undefined });
    applyEdits(this.local, edits);
    return new Model(this.local, new ModelSide('r', image), ancestor, options, this.ledger.tombstones);
  }

  /** Plans and does until nothing is left to do; throws when that does not end. */
  run(): this {
    for (let round = 0; round < 12; round++) {
      const dirty = [...this.ledger.dirty];
      this.ledger.dirty.clear();
      const actions = plan(this.ledger, dirty);
      for (const action of actions) this.#do(action);
      for (const side of ['local', 'remote'] as const) this.#observe(side);
      if (this.ledger.dirty.size === 0) return this;
    }
    throw new Error(`no end: ${JSON.stringify([...this.ledger.dirty])}`);
  }

  /** What a session does first: everything but removals. */
  copyOnly(): this {
    for (const action of this.planAll()) if (action.do !== 'remove') this.#do(action);
    return this;
  }

  /** The first merge is over: the mode does not count any more. */
  settled(): this {
    this.ledger.policy = { direction: this.ledger.policy.direction, initial: undefined };
    this.ledger.markAll();
    return this;
  }

  /** Somebody edits a side. */
  edit(side: Side, edits: Edits): this {
    applyEdits(this[side], edits);
    this.#observe(side);
    return this;
  }

  /** What would be done about everything, without doing it. */
  planAll(): Action[] {
    const paths = new Set([
      ...this.ledger.local.paths(),
      ...this.ledger.remote.paths(),
      ...this.ledger.ancestor.keys(),
    ]);
    return plan(this.ledger, paths);
  }

  #observe(side: Side): void {
    const seen: Observed[] = [];
    for (const [path, { entry }] of this[side].contents) seen.push({ path, ...entry });
    const scanning = this.ledger.scanning(side, '');
    this.ledger.changed(side, seen);
    scanning.end();
  }

  #do(action: Action): void {
    const { path } = action;
    switch (action.do) {
      case 'forget':
        return this.ledger.forget(path);
      case 'record':
        return this.#record(path, action.hash);
      case 'park':
        if (action.conflict) this.told.push(path);
        return this.ledger.park(path);
      case 'obstructed':
        return;
      case 'hash': {
        const found = this[action.side].contents.get(path);
        this.asked.push(`${action.side} ${path}`);
        if (found?.entry.kind === 'file')
          this.ledger.hashed(action.side, path, found.entry.stamp, hashOf(found.content));
        return;
      }
      case 'chmod': {
        const found = this[action.to].contents.get(path);
        if (found === undefined || !('mode' in found.entry)) throw new Error(`chmod of nothing: ${path}`);
        found.entry = { ...found.entry, mode: action.mode, stamp: this[action.to].stamp() };
        this.#observe(action.to);
        if (action.source) return this.#record(path, action.hash);
        return this.ledger.restamp(path, action.to, found.entry);
      }
      default:
        return this.#change(action);
    }
  }

  #change(action: Extract<Action, { do: 'remove' | 'mkdir' | 'symlink' | 'file' }>): void {
    const { to, path } = action;
    const target = this[to];
    const source = this[to === 'local' ? 'remote' : 'local'].contents.get(path);
    const there = target.contents.get(path);
    const seen = 'target' in action ? action.target : undefined;
    // As an endpoint would: what was planned for must still be there, and the directory above too.
    if (there?.entry !== seen && JSON.stringify(there?.entry) !== JSON.stringify(seen))
      throw new Error(`changed: ${path}`);
    const slash = path.lastIndexOf('/');
    if (slash > 0 && target.contents.get(path.slice(0, slash))?.entry.kind !== 'directory')
      throw new Error(`no directory above ${path}`);
    const isTaken = (other: string) => other !== path && this.#key?.(other) === this.#key?.(path);
    if (to === 'local' && this.#key && !there && [...target.contents.keys()].some(isTaken))
      throw new Error(`another name of the same: ${path}`);
    if ('conflict' in action && action.conflict && there) {
      this.conflicts.push(path);
      if (action.do !== 'remove' || to === 'remote') this.trash.push({ path, content: there.content });
    }
    if (action.do === 'remove') {
      if ([...target.contents.keys()].some((other) => other.startsWith(`${path}/`)))
        throw new Error(`not empty: ${path}`);
      if (to === 'local' && there && there.entry.kind !== 'directory')
        this.trash.push({ path, content: there.content });
      this.removed.push(`${to} ${path}`);
      target.contents.delete(path);
      this.#observe(to);
      return this.ledger.removed(path, to, action.replaced);
    }
    if (source === undefined) throw new Error(`nothing to copy: ${path}`);
    const time = source.entry.kind === 'file' ? source.entry.mtime.s : 0;
    target.put(
      path,
      action.do === 'mkdir' ? 'd' : source.content,
      time,
      action.do === 'file' ? action.mode : 0o755,
    );
    this.#observe(to);
    this.#record(path, source.entry.kind === 'file' ? hashOf(source.content) : '');
  }

  #record(path: string, hash: string): void {
    const [local, remote] = [this.local.contents.get(path), this.remote.contents.get(path)];
    if (local && remote) this.ledger.record(path, local.entry, remote.entry, hash);
  }
}

export const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');

/** The ancestor of two sides that were equal. */
export function ancestorOf(local: ModelSide, remote: ModelSide): Ancestor {
  const ancestor: Ancestor = new Map();
  for (const [path, { entry, content }] of local.contents) {
    const other = remote.contents.get(path)?.entry;
    if (other === undefined || other.kind !== entry.kind || !('stamp' in entry) || !('stamp' in other))
      continue;
    const known: Known = {
      kind: entry.kind,
      size: entry.kind === 'file' ? entry.size : 0,
      hash: entry.kind === 'file' ? hashOf(content) : '',
      target: entry.kind === 'symlink' ? entry.target : '',
      localStamp: entry.stamp,
      remoteStamp: other.stamp,
      localMode: 'mode' in entry ? entry.mode : 0,
      remoteMode: 'mode' in other ? other.mode : 0,
    };
    ancestor.set(path, known);
  }
  return ancestor;
}

/** An edit script: path → new text, or undefined to delete. */
export type Edits = Record<string, string | undefined>;

/** Two sides that were equal (`base`), each edited since, and the ancestor of before. */
export function diverged(base: Named, local: Edits, remote: Edits, options: ModelOptions = {}): Model {
  const sides = { local: new ModelSide('l', base), remote: new ModelSide('r', base) };
  const ancestor = ancestorOf(sides.local, sides.remote);
  if (options.replaced)
    for (const [path, known] of ancestor) ancestor.set(path, { ...known, remoteStamp: undefined });
  applyEdits(sides.local, local);
  applyEdits(sides.remote, remote);
  return new Model(sides.local, sides.remote, ancestor, options);
}

/** Two sides that never met. */
export function strangers(local: Named, remote: Named, options: ModelOptions = {}): Model {
  return new Model(new ModelSide('l', local), new ModelSide('r', remote), new Map(), options);
}

function applyEdits(side: ModelSide, edits: Edits): void {
  for (const [path, text] of Object.entries(edits)) {
    if (text === undefined || side.contents.get(path)?.content === 'd' || text === 'd') side.delete(path);
    if (text === undefined) continue;
    // What becomes a file above a path goes.
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = path.slice(0, at);
      if (side.contents.get(parent)?.entry.kind !== 'directory') side.delete(parent);
    }
    side.set(path, text);
  }
}
