import { isSyncable, modeMask } from './compare.js';
import { decide } from './decide.js';
import {
  type Entry,
  type FileEntry,
  type Known,
  modeIn,
  otherSide,
  type Side,
  stampIn,
  stampOf,
} from './entry.js';
import type { Action } from './action.js';
import { order } from './order.js';
import { depthOf, parentOf, parentsOf } from './path.js';
import { fixedSide } from './policy.js';
import type { Decision, View } from './view.js';

/**
 * Plans what makes both sides equal at these paths, in the order in which it may be done. Pure. Directories above are added as needed: one is
 * removed only when everything in it goes too, and one that must hold something stays or comes back; against such a directory a file loses.
 */
export function plan(view: View, paths: Iterable<string>): Action[] {
  return new Planner(view).run(paths);
}

class Planner {
  readonly #view: View;
  /** The side nothing may be changed on. */
  readonly #fixed: Side | undefined;
  readonly #actions: Action[] = [];
  /** Paths to look at, by depth: children always before the directory that holds them. */
  readonly #levels: Set<string>[] = [];
  /** Directories something will be created in. */
  readonly #needed: Record<Side, Set<string>> = { local: new Set(), remote: new Set() };
  /** Directories that will be created. */
  readonly #made: Record<Side, Set<string>> = { local: new Set(), remote: new Set() };
  /** How many children of a directory go. */
  readonly #going: Record<Side, Map<string, number>> = { local: new Map(), remote: new Map() };

  constructor(view: View) {
    this.#view = view;
    this.#fixed = fixedSide(view.policy);
  }

  run(paths: Iterable<string>): Action[] {
    for (const path of paths) this.#add(path);
    this.#addBelowSwaps();
    for (let depth = this.#levels.length - 1; depth > 0; depth--) {
      for (const path of this.#levels[depth] ?? []) this.#one(path, decide(this.#view, path));
    }
    return order(this.#actions.filter((action) => this.#hasPlace(action)));
  }

  #add(path: string): void {
    if (path === '') return;
    const depth = depthOf(path);
    (this.#levels[depth] ??= new Set()).add(path);
  }

  /**
   * Whether a directory gives way to something else, or that to the directory, depends on all that is below it: it is decided together, also when only the
   * directory is asked about.
   */
  #addBelowSwaps(): void {
    const swaps: string[] = [];
    for (const level of this.#levels) {
      for (const path of level ?? []) {
        const local = this.#view.local.kindOf(path);
        const remote = local && this.#view.remote.kindOf(path);
        if (remote && local !== remote && (local === 'directory' || remote === 'directory')) swaps.push(path);
      }
    }
    if (swaps.length === 0) return;
    for (const side of ['local', 'remote'] as const)
      for (const path of this.#view[side].below(swaps)) this.#add(path);
  }

  #one(path: string, decision: Decision): void {
    switch (decision.do) {
      case 'nothing':
        return this.#ensureDirectory(path);
      case 'forget':
        this.#actions.push({ do: 'forget', path });
        return;
      case 'park':
        this.#actions.push({ do: 'park', path, conflict: decision.conflict });
        return this.#ensureDirectory(path);
      case 'hash':
        for (const side of decision.sides) this.#actions.push({ do: 'hash', side, path });
        return;
      case 'settle':
        return this.#settle(path, decision);
      case 'remove':
        return this.#remove(path, decision.from, decision.conflict);
      case 'copy':
        return this.#copy(path, decision.to, decision.conflict);
    }
  }

  #settle(path: string, { hash, chmod }: Extract<Decision, { do: 'settle' }>): void {
    const target = chmod && this.#view[chmod.to].get(path);
    if (chmod && target && !this.#blocked(chmod.to, path, target)) {
      const directory = target.kind === 'directory';
      const source = this.#view[otherSide(chmod.to)].get(path);
      this.#actions.push({
        do: 'chmod',
        to: chmod.to,
        path,
        target,
        directory,
        mode: chmod.mode,
        source,
        hash,
      });
    } else if (!this.#isRecorded(path, hash)) {
      this.#actions.push({ do: 'record', path, hash });
    }
  }

  #isRecorded(path: string, hash: string): boolean {
    const known = this.#view.ancestor.get(path);
    if (known === undefined || known.hash !== hash) return false;
    return (['local', 'remote'] as const).every((side) => {
      const entry = this.#view[side].get(path);
      if (entry === undefined || entry.kind !== known.kind || stampOf(entry) !== stampIn(known, side))
        return false;
      return !('mode' in entry) || entry.mode === modeIn(known, side);
    });
  }

  #remove(path: string, from: Side, conflict: boolean): void {
    const target = this.#view[from].get(path);
    if (target === undefined || this.#blocked(from, path, target)) return;
    if (target.kind === 'directory' && !this.#empties(path, from)) return this.#ensureDirectory(path);
    this.#actions.push({ do: 'remove', to: from, path, target, conflict, replaced: false });
    this.#going[from].set(parentOf(path), (this.#going[from].get(parentOf(path)) ?? 0) + 1);
  }

  #copy(path: string, to: Side, conflict: boolean): void {
    const source = this.#view[otherSide(to)].get(path);
    const target = this.#view[to].get(path);
    if (source === undefined || this.#blocked(to, path, source)) return;
    if (target?.kind === 'directory' && source.kind !== 'directory') {
      // What only this directory holds is wanted on the other side: the directory wins.
      if (this.#needed[otherSide(to)].has(path)) return this.#copy(path, otherSide(to), true);
      if (!this.#empties(path, to)) {
        if (this.#fixed !== undefined) this.#actions.push({ do: 'obstructed', to, path });
        return;
      }
      this.#actions.push({ do: 'remove', to, path, target, conflict: false, replaced: true });
      this.#create(path, to, source, undefined, false);
    } else if (source.kind === 'directory' && target !== undefined && target.kind !== 'directory') {
      this.#actions.push({ do: 'remove', to, path, target, conflict, replaced: true });
      this.#create(path, to, source, undefined, false);
    } else {
      this.#create(path, to, source, target, conflict);
    }
  }

  #create(path: string, to: Side, source: Entry, target: Entry | undefined, conflict: boolean): void {
    this.#need(path, to);
    switch (source.kind) {
      case 'file': {
        const mode = this.#modeFor(path, to, source, target);
        this.#actions.push({ do: 'file', to, path, source, target, mode, conflict });
        this.#giveMode(path, to, source, target, mode);
        return;
      }
      case 'symlink':
        this.#actions.push({ do: 'symlink', to, path, source, target, conflict });
        return;
      case 'directory': {
        const mode = source.mode & modeMask;
        // Writable until it is filled.
        this.#made[to].add(path);
        this.#actions.push({ do: 'mkdir', to, path, source, mode: mode | 0o700 });
        if ((mode & 0o700) !== 0o700)
          this.#actions.push({
            do: 'chmod',
            to,
            path,
            target: undefined,
            directory: true,
            mode,
            source,
            hash: '',
          });
        return;
      }
      case 'other':
      case 'unreadable':
        return;
    }
  }

  /** A mode that did not change on the source does not overwrite the target's own. */
  #modeFor(path: string, to: Side, source: FileEntry, target: Entry | undefined): number {
    const known: Known | undefined = this.#view.ancestor.get(path);
    const from = otherSide(to);
    if (from === 'local' && this.#view.modeless) return this.#remoteMode(source, target, known) & modeMask;
    const unchanged =
      known?.kind === 'file' &&
      known.localStamp !== undefined &&
      known.remoteStamp !== undefined &&
      modeIn(known, from) === source.mode;
    return (target?.kind === 'file' && unchanged ? target.mode : source.mode) & modeMask;
  }

  /** Of a file from a file system without modes. */
  #remoteMode(source: FileEntry, target: Entry | undefined, known: Known | undefined): number {
    if (target?.kind === 'file') return target.mode;
    return known?.kind === 'file' ? known.remoteMode : source.mode;
  }

  /** Content goes one way, but the mode was changed on the other side: it goes the other way. */
  #giveMode(path: string, to: Side, source: Entry, target: Entry | undefined, mode: number): void {
    const known = this.#view.ancestor.get(path);
    if (this.#view.modeless) return;
    if (target?.kind !== 'file' || known?.kind !== 'file' || stampIn(known, to) === undefined) return;
    if (((target.mode ^ modeIn(known, to)) & modeMask) === 0 || mode !== (target.mode & modeMask)) return;
    const from = otherSide(to);
    if (this.#blocked(from, path, target)) return;
    this.#actions.push({
      do: 'chmod',
      to: from,
      path,
      target: source,
      directory: false,
      mode,
      source: undefined,
      hash: '',
    });
  }

  /**
   * Whether the directory above will be there. Where something else still is, undecided or not to be changed, nothing can be created below; it is
   * planned again when that has gone.
   */
  #hasPlace(action: Action): boolean {
    if (action.do !== 'file' && action.do !== 'mkdir' && action.do !== 'symlink') return true;
    const { to, path } = action;
    return parentsOf(path).every((parent) => {
      const above = this.#view[to].kindOf(parent);
      return above === undefined || above === 'directory' || this.#made[to].has(parent);
    });
  }

  /** Something will be created at `path`: the directories above it must be there. */
  #need(path: string, to: Side): void {
    for (const parent of parentsOf(path)) {
      if (this.#needed[to].has(parent)) return;
      this.#needed[to].add(parent);
      if (this.#view[to].kindOf(parent) !== 'directory') this.#add(parent);
    }
  }

  /** For a directory nothing else is decided about: make it where something is to be created in it. */
  #ensureDirectory(path: string): void {
    for (const to of ['local', 'remote'] as const) {
      const source = this.#view[otherSide(to)].get(path);
      if (source?.kind !== 'directory' || !this.#needed[to].has(path)) continue;
      if (this.#view[to].get(path) === undefined) this.#create(path, to, source, undefined, false);
    }
  }

  /** Whether everything in the directory goes, so that it can. */
  #empties(path: string, side: Side): boolean {
    if (this.#needed[side].has(path)) return false;
    return (this.#going[side].get(path) ?? 0) === this.#view[side].childCount(path);
  }

  #blocked(to: Side, path: string, entry: Entry): boolean {
    if (to === this.#fixed || !isSyncable(path, entry)) return true;
    return this.#view.rules.blocked(to, path, entry.kind === 'directory');
  }
}
