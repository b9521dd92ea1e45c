import { Failure, isFailure } from '../base/failure.js';
import { sleep } from '../base/abort.js';
import type { Emit } from '../report/events.js';
import { isSyncable } from './core/decide.js';
import type { Entry } from './core/entry.js';
import { parentOf } from './core/path.js';
import { type Action, plan } from './core/plan.js';
import { findDanger } from './core/safety.js';
import { emptiedFailure } from './emptied-failure.js';
import { HeldRemovals } from './held-removals.js';
import { Lane } from './lane.js';
import type { Ledger } from './ledger.js';
import { type Change, perform, type Sides } from './perform.js';
import { Retries } from './retries.js';
import { SkipWarnings } from './skip-warnings.js';
import { maxDataLength } from './wire.js';

/** In flight at once: small ones hide the round trip, large ones share the line without holding the small ones up. */
const lanes = { small: 128, smallBytes: 8 * 1024 * 1024, large: 3 } as const;

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
  readonly #held: HeldRemovals;
  readonly #retries = new Retries();
  readonly #skipped: SkipWarnings;
  readonly #warned = new Map<string, string>();
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
    for (const path of ledger.dirty) {
      if (this.#busy.has(path)) continue;
      paths.push(path);
      ledger.dirty.delete(path);
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
    /** What happens at a path in this cycle, in its order; false: it failed. */
    const chains = new Map<string, Promise<boolean>>();
    const slow = new Set<string>();
    const last: Change[] = [];
    const run = (change: Change) => {
      const { path } = change;
      const parent = parentOf(path);
      if ((change.do === 'remove' && change.replaced) || slow.has(parent)) slow.add(path);
      const before = chains.get(path) ?? (slow.has(parent) ? chains.get(parent) : undefined);
      chains.set(path, this.#change(change, before));
    };
    for (const action of actions) {
      const { path } = action;
      if (this.#busy.has(path) && !chains.has(path)) {
        this.#ledger.dirty.add(path);
      } else if (action.do === 'forget') {
        this.#ledger.forget(path);
      } else if (action.do === 'record') {
        this.#record(path, action.hash);
      } else if (action.do === 'hash') {
        void this.#work(path, this.#hash(action));
      } else if (action.do === 'chmod' && action.directory) {
        last.push(action);
      } else {
        run(action);
      }
    }
    // A directory may lose its write permission only when everything is in it.
    if (last.length > 0) void Promise.all(chains.values()).then(() => last.forEach(run));
  }

  #record(path: string, hash: string): void {
    const local = this.#ledger.local.get(path);
    const remote = this.#ledger.remote.get(path);
    if (local && remote) this.#ledger.record(path, local, remote, hash);
  }

  async #hash({ side, path }: Extract<Action, { do: 'hash' }>): Promise<void> {
    const entry = this.#ledger[side].get(path);
    if (entry?.kind !== 'file') return;
    this.#ledger.trust(path);
    const lane = entry.size > maxDataLength ? this.#large : this.#small;
    const hash = await lane.run(0, () => this.#sides[side].hash(path, entry.stamp));
    this.#ledger.hashed(side, path, entry.stamp, hash);
  }

  #change(change: Change, before: Promise<boolean> | undefined): Promise<boolean> {
    const act = async () => {
      if (before && !(await before)) {
        this.#ledger.mark(change.path);
        return;
      }
      const size = change.do === 'file' ? change.source.size : 0;
      const lane = size > maxDataLength ? this.#large : this.#small;
      await lane.run(size, () => perform(change, this.#sides, this.#ledger, this.#emit));
      if (change.do === 'file') this.counts[change.to === 'remote' ? 'up' : 'down']++;
    };
    return this.#work(change.path, act());
  }

  /** Marks the path as busy until the work is done; true when it went well. */
  async #work(path: string, work: Promise<void>): Promise<boolean> {
    this.#busy.set(path, (this.#busy.get(path) ?? 0) + 1);
    let failure: unknown;
    try {
      await work;
      this.#retries.forget(path);
      this.#warned.delete(path);
    } catch (error) {
      failure = error;
    }
    const left = (this.#busy.get(path) ?? 1) - 1;
    if (left > 0) this.#busy.set(path, left);
    else this.#busy.delete(path);
    if (this.#signal.aborted) return false;
    if (failure !== undefined) this.#fileFailed(path, failure);
    if (this.#ledger.dirty.size > 0) this.schedule();
    this.#checkIdle();
    return failure === undefined;
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
        if (this.#retries.count(path) >= 3) this.#warn(path, error);
        else void this.#lookAgain(path);
        return;
      case 'SYNC_DIR_NOT_EMPTY':
      case 'SYNC_CANCELLED':
        // Something excluded is in it, or the session ends.
        return;
      default:
        if (error.code.startsWith('SYNC_STREAM') || error.code === 'SYNC_PROTOCOL') return;
        this.#warn(path, error);
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

  #warn(path: string, failure: Failure): void {
    if (this.#warned.get(path) === failure.code) return;
    this.#warned.set(path, failure.code);
    const { code, message, hint } = failure;
    this.#emit({
      type: 'warning',
      code,
      text: message,
      subject: path,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  #warnOfSkipped(paths: readonly string[]): void {
    for (const path of paths) {
      for (const side of ['local', 'remote'] as const) {
        const entry: Entry | undefined = this.#ledger[side].get(path);
        if (entry && !isSyncable(path, entry)) this.#skipped.warn(side, path, entry);
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
