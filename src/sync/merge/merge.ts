import { isFailure } from '../../base/failure.js';
import { sleep } from '../../base/abort.js';
import type { Emit } from '../../report/events.js';
import { parentOf } from '../core/path.js';
import type { Action } from '../core/action.js';
import { plan } from '../core/plan.js';
import { findDanger } from '../core/safety.js';
import { emptiedFailure } from './emptied-failure.js';
import { FileWarnings } from './file-warnings.js';
import { HeldRemovals } from './held-removals.js';
import { Lane } from './lane.js';
import type { Ledger } from './ledger.js';
import { type Change, perform, type Sides } from './perform.js';
import { Pending } from './pending.js';
import { Retries } from './retries.js';
import { SkipWarnings, whySkipped } from './skip-warnings.js';
import { maxDataLength } from '../wire/frame.js';

/** In flight at once: small ones hide the round trip, large ones share the line without holding the small ones up. */
const lanes = { small: 128, smallBytes: 8 * 1024 * 1024, large: 3 } as const;

type Release = (error?: unknown) => void;

/**
 * Keeps planning and doing until nothing is left to do, for the paths the ledger marks. One path is worked on once at a time; what is marked
 * meanwhile is decided about again afterwards. A path that fails stops no other. Ends with `failed` for what must stop the session.
 */
export class Merge {
  readonly #ledger: Ledger;
  readonly #sides: Sides;
  readonly #emit: Emit;
  readonly #failed: (error: unknown) => void;
  readonly #signal: AbortSignal;
  readonly #small = new Lane(lanes.small, lanes.smallBytes);
  readonly #large = new Lane(lanes.large);
  readonly #busy = new Map<string, number>();
  /** Busy paths that were marked meanwhile. */
  readonly #again = new Set<string>();
  readonly #held: HeldRemovals;
  readonly #retries = new Retries();
  readonly #skipped: SkipWarnings;
  readonly #warned: FileWarnings;
  readonly #pending: Pending;
  #scheduled = false;
  #started = false;
  #looking = 0;
  #onIdle: (() => void) | undefined;
  /** Files sent so far. */
  readonly counts = { up: 0, down: 0 };

  constructor(
    ledger: Ledger,
    sides: Sides,
    emit: Emit,
    failed: (error: unknown) => void,
    signal: AbortSignal,
  ) {
    this.#ledger = ledger;
    this.#sides = sides;
    this.#emit = emit;
    this.#failed = failed;
    this.#signal = signal;
    this.#held = new HeldRemovals(() => this.schedule());
    this.#skipped = new SkipWarnings(emit);
    this.#warned = new FileWarnings(emit);
    this.#pending = new Pending(emit);
    signal.addEventListener('abort', () => this.#held[Symbol.dispose](), { once: true });
  }

  /** The first merge: of everything, removals at once, since both trees were just seen as a whole. Resolves when it is through. */
  start(): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    this.#ledger.markAll();
    this.#cycle(true);
    this.#started = true;
    this.#checkIdle();
    return idle;
  }

  /** The ledger has marks. */
  schedule(): void {
    if (this.#scheduled || !this.#started || this.#signal.aborted) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#signal.aborted) this.#cycle(false);
      this.#checkIdle();
    });
  }

  #cycle(removeNow: boolean): void {
    const ledger = this.#ledger;
    const release = removeNow || this.#held.isDue(ledger.ancestor.size);
    const paths = release ? this.#held.release() : [];
    for (const path of ledger.take()) {
      if (this.#busy.has(path)) this.#again.add(path);
      else paths.push(path);
    }
    if (paths.length === 0) return;
    this.#warnOfSkipped(paths);
    const planned = plan(ledger, paths);
    const actions = release ? planned : this.#held.hold(planned, ledger.ancestor.size);
    const danger = findDanger(ledger.ancestor, ledger, actions);
    if (danger) this.#failed(emptiedFailure(danger, this.#sides[danger.side].root));
    else this.#do(actions);
  }

  #do(actions: readonly Action[]): void {
    const changes: Change[] = [];
    for (const action of actions) {
      const { path } = action;
      if (action.do === 'forget') this.#ledger.forget(path);
      else if (action.do === 'record') this.#record(path, action.hash);
      else if (this.#busy.has(path)) this.#again.add(path);
      else if (action.do === 'hash') this.#hash(action);
      else changes.push(action);
    }
    // One change of a path has to wait for another only where something is replaced or gets its mode at the end.
    if (changes.some((change) => change.do === 'chmod' || (change.do === 'remove' && change.replaced)))
      this.#doInOrder(changes);
    else for (const change of changes) this.#change(change, this.#hold(change.path));
  }

  #doInOrder(changes: readonly Change[]): void {
    /** What happens at a path, one after another; false: it failed. */
    const chains = new Map<string, Promise<boolean>>();
    /** Where children must wait too. */
    const slow = new Set<string>();
    const run = (change: Change) => {
      const { path } = change;
      const parent = parentOf(path);
      if ((change.do === 'remove' && change.replaced) || slow.has(parent)) slow.add(path);
      const before = chains.get(path) ?? (slow.has(parent) ? chains.get(parent) : undefined);
      const held = this.#hold(path);
      chains.set(
        path,
        (before ?? Promise.resolve(true)).then(
          (good) =>
            new Promise((done) => (good ? this.#change(change, held, done) : this.#skip(path, held, done))),
        ),
      );
    };
    // A directory may lose its write permission only when everything is in it.
    const last = changes.filter((change) => change.do === 'chmod' && change.directory);
    for (const change of changes) if (!last.includes(change)) run(change);
    if (last.length > 0) void Promise.all(chains.values()).then(() => last.forEach(run));
  }

  #record(path: string, hash: string): void {
    const local = this.#ledger.local.get(path);
    const remote = this.#ledger.remote.get(path);
    if (local && remote) this.#ledger.record(path, local, remote, hash);
  }

  #hash({ side, path }: Extract<Action, { do: 'hash' }>): void {
    const entry = this.#ledger[side].get(path);
    if (entry?.kind !== 'file') return;
    const lane = entry.size > maxDataLength ? this.#large : this.#small;
    this.#ledger.trust(path);
    const release = this.#hold(path);
    lane.add(0, async () => {
      try {
        const hash = await this.#sides[side].hash(path, entry.stamp);
        this.#ledger.hashed(side, path, entry.stamp, hash);
        release();
      } catch (error) {
        release(error);
      }
    });
  }

  #change(change: Change, release: Release, done?: (good: boolean) => void): void {
    const size = change.do === 'file' ? change.source.size : 0;
    const lane = size > maxDataLength ? this.#large : this.#small;
    lane.add(size, async () => {
      // What still waits when the session ends is not begun.
      if (this.#signal.aborted) return;
      try {
        await perform(change, this.#sides, this.#ledger, this.#emit);
        if (change.do === 'file') this.counts[change.to === 'remote' ? 'up' : 'down']++;
        release();
        done?.(true);
      } catch (error) {
        release(error ?? new Error('unknown'));
        done?.(false);
      }
    });
  }

  #skip(path: string, release: Release, done: (good: boolean) => void): void {
    this.#ledger.mark(path);
    release();
    done(false);
  }

  /** Marks a path as busy, until what it gives back is called: with the error when it did not go well. */
  #hold(path: string): Release {
    this.#busy.set(path, (this.#busy.get(path) ?? 0) + 1);
    return (error) => {
      const left = (this.#busy.get(path) ?? 1) - 1;
      if (left > 0) this.#busy.set(path, left);
      else this.#busy.delete(path);
      if (this.#signal.aborted) return;
      if (error !== undefined) {
        this.#fileFailed(path, error);
      } else {
        this.#retries.forget(path);
        this.#warned.clear(path);
      }
      if (left <= 0 && this.#again.delete(path)) this.#ledger.dirty.add(path);
      this.#pending.tell(this.#busy.size);
      if (this.#ledger.dirty.size > 0) this.schedule();
      this.#checkIdle();
    };
  }

  #fileFailed(path: string, error: unknown): void {
    if (!isFailure(error)) return this.#failed(error);
    switch (error.code) {
      case 'SYNC_FILE_CHANGED':
      case 'SYNC_FILE_MISSING':
      case 'SYNC_WRONG_KIND':
      case 'SYNC_CONTENT_MISMATCH':
        void this.#lookAgain(path);
        return;
      case 'SYNC_UNSAFE_PATH':
        // A directory may have become a symlink a moment ago; what stays so is said.
        if (this.#retries.count(path) >= 3) this.#warned.warn(path, error);
        else void this.#lookAgain(path);
        return;
      case 'SYNC_DIR_NOT_EMPTY':
      case 'SYNC_CANCELLED':
        // Something excluded is in it, or the session ends.
        return;
      default:
        if (error.code.startsWith('SYNC_STREAM') || error.code === 'SYNC_PROTOCOL') return;
        this.#warned.warn(path, error);
    }
  }

  /** What was planned for is not there any more: both sides are looked at again, ever more slowly for what never rests. */
  async #lookAgain(path: string): Promise<void> {
    const wait = this.#retries.delayFor(path);
    // The first merge waits for what changed meanwhile, but not for what never rests.
    const counts = wait < 100;
    if (counts) this.#looking++;
    try {
      await sleep(wait, this.#signal);
      await Promise.all([this.#sides.local.scan(path), this.#sides.remote.scan(path)]);
      this.#ledger.mark(path);
    } catch {
      // The session ended, and says why itself.
    }
    if (counts) this.#looking--;
    this.#checkIdle();
  }

  #warnOfSkipped(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#warned.has(path) && !this.#ledger.local.get(path) && !this.#ledger.remote.get(path))
        this.#warned.clear(path);
      for (const side of ['local', 'remote'] as const) {
        const why = whySkipped(this.#ledger, side, path);
        if (why !== undefined) this.#skipped.warn(side, path, why);
        else this.#skipped.clear(side, path);
      }
    }
  }

  #checkIdle(): void {
    if (!this.#onIdle || !this.#started || this.#scheduled || this.#busy.size > 0) return;
    if (this.#looking > 0 || this.#ledger.dirty.size > 0) return;
    this.#onIdle();
    this.#onIdle = undefined;
  }
}
