import { isSyncable } from '../core/compare.js';
import { type Entry, isSameEntry, type Observed, otherSide, type Side, stampOf } from '../core/entry.js';
import type { Rules } from '../core/ignore.js';
import { Namesakes, whyUnreachable } from '../core/namesakes.js';
import { exactNaming, exactTraits, type Naming, type Traits } from '../core/naming.js';
import type { Memory } from '../ancestor/recollection.js';
import type { Parked } from '../core/memory.js';
import { parentOf } from '../core/path.js';
import type { Policy } from '../core/policy.js';
import { type Tombstone, Tombstones } from '../core/tombstones.js';
import type { View } from '../core/view.js';
import type { Scanning } from '../endpoint.js';
import { KnownTable } from '../store/known-table.js';
import { PathTable } from '../store/path-table.js';
import { TreeTable } from '../store/tree-table.js';
import { Marks } from './marks.js';
import { OpenScans } from './open-scans.js';
import { Switched } from './switched.js';

/**
 * All a session knows: what each side has, what both had in common, hashes computed on the way, and which paths are to be decided about again.
 * Endpoints tell it what they see; it does nothing by itself.
 */
export class Ledger implements View, Memory {
  readonly #paths = new PathTable();
  readonly local = new TreeTable(this.#paths);
  readonly remote = new TreeTable(this.#paths);
  readonly ancestor = new KnownTable(this.#paths);
  readonly parked = new Map<string, Parked>();
  readonly tombstones = new Tombstones();
  readonly rules: Rules;
  readonly naming: Naming;
  readonly namesakes: Namesakes;
  readonly modeless: boolean;
  readonly #linkless: boolean;
  policy: Policy;
  /** Paths something changed at. */
  readonly dirty = new Marks();
  /** Grows with every change of the ancestor. */
  revision = 0;
  readonly #onRevision: () => void;
  readonly #onDirty: () => void;
  readonly #hashes: Record<Side, Map<string, { stamp: string; hash: string }>> = {
    local: new Map(),
    remote: new Map(),
  };
  readonly #scans: Record<Side, OpenScans> = {
    local: new OpenScans(this.#paths),
    remote: new OpenScans(this.#paths),
  };
  readonly #suspects = new Set<string>();
  readonly #switched = new Switched();

  /** `here`: what the local file system makes of names and modes. */
  constructor(
    rules: Rules,
    policy: Policy,
    onDirty: () => void,
    onRevision: () => void,
    here: Traits = exactTraits,
  ) {
    this.naming = here.naming;
    this.namesakes = new Namesakes(here.naming);
    this.modeless = here.modeless;
    this.#linkless = here.linkless;
    this.#onRevision = onRevision;
    this.rules = rules;
    this.policy = policy;
    this.#onDirty = onDirty;
  }

  hashOf(side: Side, path: string, stamp: string): string | undefined {
    const found = this.#hashes[side].get(path);
    return found?.stamp === stamp ? found.hash : undefined;
  }

  switchedHere(path: string): boolean {
    return this.#switched.has(path);
  }

  /** What is told of the local side until it is switched off was done by git. */
  switching(on: boolean): void {
    this.#switched.isOn = on;
  }

  unreachable(path: string): string | undefined {
    if (this.#linkless && this.remote.kindOf(path) === 'symlink') return 'links cannot be made here';
    return this.naming === exactNaming ? undefined : whyUnreachable(this, path);
  }

  /** Leaves a path as different as it is, until one side changes. */
  park(path: string): void {
    this.parked.set(path, {
      local: stampOf(this.local.get(path)),
      remote: stampOf(this.remote.get(path)),
    });
    this.#revised();
  }

  mark(path: string): void {
    this.dirty.add(path);
    this.#onDirty();
  }

  /** Marks every path, but for those both sides have as the ancestor says; those too when looking at a side had marked them. */
  markAll(): void {
    this.dirty.restart(this.#undecided());
    this.#onDirty();
  }

  *#undecided(): Generator<string, undefined> {
    for (const [path, row] of this.#paths.rows())
      if (!this.ancestor.agrees(row, this.local, this.remote)) yield path;
  }

  /** Whether both sides have what the ancestor says of the path, by stamps and modes alone: there is nothing to decide. False when not sure. */
  isSettled(path: string): boolean {
    const row = this.#paths.row(path);
    return row !== undefined && this.ancestor.agrees(row, this.local, this.remote);
  }

  changed(side: Side, seen: readonly Observed[], suspects: readonly string[] = []): void {
    const tree = this[side];
    let vanished: string[] = [];
    const clear = () => {
      if (vanished.length === 0) return;
      for (const path of tree.below(vanished)) this.#delete(side, path);
      vanished = [];
    };
    for (const observed of seen) {
      const { path } = observed;
      if (path === '' || this.rules.excluded(path, observed.kind === 'directory')) continue;
      const before = tree.get(path);
      if (observed.kind === 'absent') {
        if (before?.kind === 'directory' || before === undefined) vanished.push(path);
        if (before) this.#delete(side, path);
        continue;
      }
      clear();
      if (!before || !isSameEntry(before, observed)) {
        if (before?.kind === 'directory' && observed.kind !== 'directory') vanished.push(path);
        tree.set(path, observed);
        if (before) this.#uncover(side, path, before);
        this.dirty.add(path);
        if (!before) this.#appeared(path);
        if (side === 'local') this.#switched.note(path);
      }
      this.#scans[side].found(path);
    }
    clear();
    for (const path of suspects) this.#suspect(path);
    if (this.dirty.size > 0) this.#onDirty();
  }

  /** From now on until `end`, it is noted what is told to be there, at and below the path: the rest is gone then. */
  scanning(side: Side, path: string): Scanning {
    const tree = this[side];
    return this.#scans[side].begin((isGone) => {
      const gone: string[] = [];
      for (const [at, row] of tree.rowsFrom(path)) if (isGone(row)) gone.push(at);
      for (const at of gone) this.#delete(side, at);
      if (this.dirty.size > 0) this.#onDirty();
    });
  }

  hashed(side: Side, path: string, stamp: string, hash: string): void {
    this.#hashes[side].set(path, { stamp, hash });
    this.mark(path);
  }

  /** Both sides have this in common now. */
  record(path: string, local: Entry, remote: Entry, hash: string): void {
    const brought = this.#hashes.remote.get(path)?.hash;
    this.#switched.delete(path);
    this.#hashes.local.delete(path);
    this.#hashes.remote.delete(path);
    if (local.kind !== remote.kind || !isSyncable(path, local) || !isSyncable(path, remote)) return;
    this.parked.delete(path);
    const suspect = this.#suspects.delete(path);
    if (suspect) this.mark(path);
    const size = local.kind === 'file' ? local.size : 0;
    const now = { kind: local.kind, size, hash, target: local.kind === 'symlink' ? local.target : '' };
    this.tombstones.gaveWay(path, this.ancestor.get(path), now, brought);
    this.ancestor.set(path, {
      ...now,
      localStamp: suspect ? '' : local.stamp,
      remoteStamp: remote.stamp,
      localMode: 'mode' in local ? local.mode : 0,
      remoteMode: 'mode' in remote ? remote.mode : 0,
    });
    this.#revised();
  }

  /** One side has the same in another form: another mode. */
  restamp(path: string, side: Side, entry: Entry): void {
    const known = this.ancestor.get(path);
    if (known === undefined || known.kind !== entry.kind || !('stamp' in entry)) return;
    const { stamp } = entry;
    const mode = 'mode' in entry ? entry.mode : 0;
    const changed =
      side === 'local' ? { localStamp: stamp, localMode: mode } : { remoteStamp: stamp, remoteMode: mode };
    this.ancestor.set(path, { ...known, ...changed });
    this.#revised();
  }

  /** Nothing is there any more, on either side. */
  forget(path: string): void {
    this.#switched.delete(path);
    // What is excluded now may still be there.
    if (this.ancestor.get(path)?.localStamp === undefined) this.#drop(path);
    else this.#removed(path);
  }

  /** The container had this and lost: when it had brought it, its image may bring it again. */
  lost(path: string, was: Tombstone): void {
    if (this.ancestor.get(path)?.remoteStamp === undefined) this.tombstones.replaced(path, was);
  }

  /** Nobody removed these on purpose: where they still are, they count as new. */
  restore(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#drop(path);
      this.tombstones.delete(path);
      this.mark(path);
    }
  }

  /** The path was removed from a side. */
  removed(path: string, from: Side, replaced: boolean): void {
    if (replaced) this.#removed(path);
    else this.forget(path);
    // What has no place before may have waited for this.
    if (replaced) for (const below of this[otherSide(from)].below([path])) this.mark(below);
  }

  /** The path is about to be read: what was suspected before does not matter any more. */
  trust(path: string): void {
    this.#suspects.delete(path);
  }

  #removed(path: string): void {
    const known = this.ancestor.get(path);
    if (known) this.tombstones.removed(path, known);
    this.#drop(path);
  }

  #drop(path: string): void {
    this.#hashes.local.delete(path);
    this.#hashes.remote.delete(path);
    this.#suspects.delete(path);
    const wasParked = this.parked.delete(path);
    if (this.ancestor.delete(path) || wasParked) this.#revised();
  }

  #revised(): void {
    this.revision++;
    this.#onRevision();
  }

  #suspect(path: string): void {
    const known = this.ancestor.get(path);
    this.#suspects.add(path);
    if (known === undefined || known.localStamp !== stampOf(this.local.get(path))) return;
    this.ancestor.set(path, { ...known, localStamp: '' });
    this.dirty.add(path);
  }

  #appeared(path: string): void {
    if (this.naming === exactNaming) return;
    this.namesakes.add(path);
    this.#markNamesakes(path);
  }

  /** What is the same path here may have waited for this one. */
  #markNamesakes(path: string): void {
    const others = this.namesakes.of(path);
    if (others.length === 0) return;
    for (const other of [...others, ...this.remote.below(others)]) this.dirty.add(other);
  }

  /** What could not be looked into said nothing of what the other side has below it. */
  #uncover(side: Side, path: string, before: Entry): void {
    if (isSyncable(path, before)) return;
    for (const below of this[otherSide(side)].below([path])) this.dirty.add(below);
  }

  #delete(side: Side, path: string): void {
    const before = this[side].get(path);
    this[side].delete(path);
    if (before) this.#uncover(side, path, before);
    if (side === 'local') this.#switched.note(path);
    this.dirty.add(path);
    this.#markNamesakes(path);
    if (this[otherSide(side)].get(path) === undefined) this.namesakes.delete(path);
    // A directory that is to go may have waited for this.
    const parent = parentOf(path);
    if (parent !== '' && this[otherSide(side)].kindOf(parent) !== 'directory') this.dirty.add(parent);
  }
}
