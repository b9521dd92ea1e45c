import type { Failure } from '../../base/failure.js';
import type { Action } from '../core/action.js';
import { parentOf } from '../core/path.js';
import { maxDataLength } from '../wire/frame.js';
import { Lane } from './lane.js';
import { fileFailure } from '../file-failure.js';
import type { Ledger } from './ledger.js';
import { type Change, type Done, perform } from './perform.js';
import type { Sides } from './sides.js';
import { groupsOf, isSmallUpload, type Upload, Uploads } from './uploads.js';
import type { Emit } from '../../report/events.js';

/** In flight at once: small ones hide the round trip, large ones share the line without holding the small ones up. */
const lanes = { small: 128, smallBytes: 8 * 1024 * 1024, large: 3 } as const;

type Release = (error?: unknown) => void;
/** For a path that was not begun: neither well nor failed. */
const skipped = Symbol('skipped');

/** Until that has gone, as after other failures, the path is looked at again. */
function inTheWay({ path, to }: Extract<Action, { do: 'obstructed' }>): Failure {
  const where = to === 'local' ? 'Here' : 'In the container';
  const why = 'a directory is in the way, with something in it that only this side has';
  return fileFailure('SYNC_DIR_IN_THE_WAY', path, `${where}: ${path}: ${why}.`);
}

/** What work tells of itself. */
export interface WorkEvents {
  done(done: Done): void;
  /** Everything planned for the path went well. */
  well(path: string): void;
  failed(path: string, error: unknown): void;
  /** Both sides have something else there, and keep it. */
  differs(path: string): void;
  /** Something has ended: there may be nothing left to do. */
  rested(): void;
}

/** Does planned actions. One path is worked on once at a time; a path that fails stops no other. */
export class Work {
  readonly #ledger: Ledger;
  readonly #sides: Sides;
  readonly #emit: Emit;
  readonly #events: WorkEvents;
  readonly #signal: AbortSignal;
  readonly #small = new Lane(lanes.small, lanes.smallBytes);
  readonly #large = new Lane(lanes.large);
  readonly #uploads: Uploads;
  readonly #busy = new Map<string, number>();
  /** Busy paths that were marked meanwhile. */
  readonly #again = new Set<string>();
  /** Where something went wrong → what has to wait until it goes well. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(ledger: Ledger, sides: Sides, emit: Emit, events: WorkEvents, signal: AbortSignal) {
    this.#ledger = ledger;
    this.#sides = sides;
    this.#emit = emit;
    this.#events = events;
    this.#signal = signal;
    const parts = {
      done: (done: Done) => events.done(done),
      aside: ({ change, release }: Upload) => void this.#change(change, release),
      left: (bytes: number) => void (this.bytes -= bytes),
    };
    this.#uploads = new Uploads(ledger, sides, parts, signal);
  }

  /** The size of the files that are under way. */
  bytes = 0;
  /** How much of the large ones among them was sent. */
  moved = 0;

  /** How many paths are worked on. */
  get busy(): number {
    return this.#busy.size;
  }

  /** True when the path is worked on; then it is marked again afterwards. */
  postpones(path: string): boolean {
    if (!this.#busy.has(path)) return false;
    this.#again.add(path);
    return true;
  }

  /** What waits for these paths, and is to be planned together with them: it may be what decides about them. */
  waitingFor(paths: readonly string[]): string[] {
    if (this.#waiting.size === 0) return [];
    return paths.flatMap((path) => {
      const waiting = this.#waiting.get(path) ?? [];
      this.#waiting.delete(path);
      return [...waiting].filter((other) => !this.postpones(other));
    });
  }

  do(actions: readonly Action[]): void {
    const changes: Change[] = [];
    /** Both sides of a path are hashed at once. */
    const hashing = new Set<string>();
    for (const action of actions) {
      const { path } = action;
      if (action.do === 'forget') this.#forget(path);
      else if (action.do === 'record') this.#record(path, action.hash);
      else if (action.do === 'park') this.#park(action);
      else if (action.do === 'obstructed') this.#events.failed(action.path, inTheWay(action));
      else if (!hashing.has(path) && this.postpones(path)) continue;
      else if (action.do === 'hash') this.#hash(action, hashing);
      else changes.push(action);
    }
    // One change of a path has to wait for another only where something is replaced or gets its mode at the end.
    if (changes.some((change) => change.do === 'chmod' || (change.do === 'remove' && change.replaced)))
      this.#doInOrder(changes);
    else this.#doAtOnce(changes);
  }

  /** A directory is begun before what comes into it: the plan says it first. */
  #doAtOnce(changes: readonly Change[]): void {
    const uploads: Upload[] = [];
    for (const change of changes) {
      const release = this.#hold(change.path);
      if (isSmallUpload(change)) uploads.push({ change, release });
      else void this.#change(change, release);
    }
    for (const group of groupsOf(uploads)) {
      this.bytes += group.bytes;
      this.#small.add(group.bytes, () => this.#uploads.send(group));
    }
  }

  #doInOrder(changes: readonly Change[]): void {
    /** What happens at a path, one after another: the path at which it went wrong, if it did. */
    const chains = new Map<string, Promise<string | undefined>>();
    /** Where children must wait too. */
    const slow = new Set<string>();
    const run = (change: Change, held: Release) => {
      const { path } = change;
      const parent = parentOf(path);
      if ((change.do === 'remove' && change.replaced) || slow.has(parent)) slow.add(path);
      const before = chains.get(path) ?? (slow.has(parent) ? chains.get(parent) : undefined);
      const step = async (wrong: string | undefined) => {
        if (wrong === undefined) return (await this.#change(change, held)) ? undefined : path;
        this.#skip(path, wrong, held);
        return wrong;
      };
      chains.set(path, (before ?? Promise.resolve(undefined)).then(step));
    };
    // A directory may lose its write permission only when everything is in it.
    const last: [Change, Release][] = [];
    for (const change of changes) {
      const held = this.#hold(change.path);
      if (change.do === 'chmod' && change.directory) last.push([change, held]);
      else run(change, held);
    }
    if (last.length > 0)
      void Promise.all(chains.values()).then(() => {
        for (const [change, held] of last) run(change, held);
      });
  }

  #record(path: string, hash: string): void {
    const local = this.#ledger.local.get(path);
    const remote = this.#ledger.remote.get(path);
    if (local && remote) this.#ledger.record(path, local, remote, hash);
    this.#well(path);
  }

  #forget(path: string): void {
    this.#ledger.forget(path);
    this.#well(path);
  }

  #park({ path, conflict }: Extract<Action, { do: 'park' }>): void {
    this.#ledger.park(path);
    if (conflict) this.#events.differs(path);
  }

  #hash({ side, path }: Extract<Action, { do: 'hash' }>, hashing: Set<string>): void {
    const entry = this.#ledger[side].get(path);
    if (entry?.kind !== 'file') return;
    const lane = entry.size > maxDataLength ? this.#large : this.#small;
    this.#ledger.trust(path);
    hashing.add(path);
    const release = this.#hold(path);
    lane.add(0, async () => {
      try {
        const hash = await this.#sides[side].hash(path, entry.stamp);
        this.#ledger.hashed(side, path, entry.stamp, hash);
        // Whether the path goes well is still to be seen.
        release(skipped);
      } catch (error) {
        release(error);
      }
    });
  }

  /** Resolves to whether it went well, once there was room for it; never when the session ends before. */
  #change(change: Change, release: Release): Promise<boolean> {
    const size = change.do === 'file' ? change.source.size : 0;
    const lane = size > maxDataLength ? this.#large : this.#small;
    this.bytes += size;
    let sent = 0;
    const moved = (bytes: number) => {
      sent += bytes;
      this.moved += bytes;
    };
    return lane.run(size, async () => {
      // What still waits when the session ends is not begun.
      if (this.#signal.aborted) return false;
      try {
        const result = await perform(change, this.#sides, this.#ledger, this.#emit, moved).finally(() => {
          this.bytes -= size;
          this.moved -= sent;
        });
        if (result) this.#events.done(result);
        release();
        return true;
      } catch (error) {
        release(error ?? new Error('unknown'));
        return false;
      }
    });
  }

  /** Something that had to come before went wrong; when that has gone well after all, it is the path's turn again. */
  #skip(path: string, wrong: string, release: Release): void {
    if (wrong !== path) {
      const waiting = this.#waiting.get(wrong) ?? new Set();
      this.#waiting.set(wrong, waiting.add(path));
    }
    release(skipped);
  }

  #well(path: string): void {
    this.#events.well(path);
    const waiting = this.#waiting.get(path);
    if (waiting === undefined) return;
    this.#waiting.delete(path);
    for (const other of waiting) this.#ledger.mark(other);
  }

  /** Marks a path as busy, until what it gives back is called: with the error when it did not go well. */
  #hold(path: string): Release {
    this.#busy.set(path, (this.#busy.get(path) ?? 0) + 1);
    return (error) => {
      const left = (this.#busy.get(path) ?? 1) - 1;
      if (left > 0) this.#busy.set(path, left);
      else this.#busy.delete(path);
      if (this.#signal.aborted) return;
      if (error === undefined) this.#well(path);
      else if (error !== skipped) this.#events.failed(path, error);
      if (left <= 0 && this.#again.delete(path)) this.#ledger.dirty.add(path);
      this.#events.rested();
    };
  }
}
