import type { Emit } from '../../report/events.js';
import type { Action } from '../core/action.js';
import type { Side } from '../core/entry.js';
import { isStandoff } from '../core/memory.js';
import { plan } from '../core/plan.js';
import {
  type Danger,
  type DangerAnswer,
  emptySides,
  findDanger,
  Shrinking,
  removalHold,
} from '../core/safety.js';
import { BigStart } from './big-start.js';
import { type Batch, Batches } from './batches.js';
import { dangerFailure, dangerText } from './danger-failure.js';
import { HeldRemovals } from './held-removals.js';
import type { Ledger } from './ledger.js';
import type { Done } from './perform.js';
import type { Sides } from './sides.js';
import { Pending } from './pending.js';
import { whySkipped } from './skipped.js';
import { Troubles } from './troubles.js';
import { Warnings } from './warnings.js';
import { Work } from './work.js';

export interface MergeOptions {
  ledger: Ledger;
  sides: Sides;
  emit: Emit;
  /** Told what must stop the session. */
  failed(error: unknown): void;
  confirm?: ((danger: Danger) => Promise<DangerAnswer>) | undefined;
  onBatch?: ((batch: Batch) => Promise<void>) | undefined;
  /** See SyncOptions. */
  passingMs?: number | undefined;
  signal: AbortSignal;
}

/** So many paths are planned at once while the first merge copies: a plan for a million files would fill the memory. */
const slice = 2000;
const suspicion = 'removals';

/**
 * Keeps planning and doing until nothing is left to do, for the paths the ledger marks; what is marked while a path is worked on is decided about
 * again afterwards. The first merge copies all there is to copy, then removes what is to be removed, so that this is judged as a whole.
 *
 * Removals that look like an accident are asked about before any of them is done, after some seconds in which it may pass. Until the answer comes nothing
 * else is begun either.
 */
export class Merge {
  readonly #options: MergeOptions;
  readonly #ledger: Ledger;
  readonly #signal: AbortSignal;
  readonly #work: Work;
  readonly #troubles: Troubles;
  readonly #warnings: Warnings;
  readonly #held: HeldRemovals;
  readonly #batches: Batches | undefined;
  readonly #pending: Pending;
  readonly #bigStart: BigStart;
  /** Sides that had no files when the first merge began: what it copies there must not hide that. */
  #emptyAtFirst = new Set<Side>();
  /** Removals a person has agreed to. */
  readonly #approved = new Set<string>();
  readonly #lately = new Shrinking();
  /** Since when what looks like an accident may pass. */
  #suspectedAt: number | undefined;
  /** How many removals there were at the last look at it. */
  #suspected = 0;
  /** Where a directory is in the way. */
  readonly #obstructed = new Set<string>();
  #scheduled = false;
  /** Undefined: not begun, or over. */
  #first: 'copying' | 'removing' | undefined;
  #started = false;
  #asking = false;
  #onIdle: (() => void) | undefined;
  /** Files sent so far. */
  readonly counts = { up: 0, down: 0 };

  constructor(options: MergeOptions) {
    const { emit, ledger, onBatch, sides, signal } = options;
    this.#options = options;
    this.#ledger = ledger;
    this.#signal = signal;
    this.#warnings = new Warnings(emit);
    this.#pending = new Pending(emit, () => this.#work);
    this.#bigStart = new BigStart(emit);
    this.#held = new HeldRemovals(() => this.schedule());
    this.#troubles = new Troubles(ledger, sides, this.#warnings, () => this.#checkIdle(), signal);
    const events = {
      done: (done: Done) => this.#done(done),
      well: (path: string) => this.#troubles.well(path),
      failed: (path: string, error: unknown) => this.#failed(path, error),
      differs: (path: string) => this.#warnings.differs(path),
      rested: () => {
        this.#pending.tell();
        if (ledger.dirty.size > 0) this.schedule();
        this.#checkIdle();
      },
    };
    this.#work = new Work(ledger, sides, emit, events, signal);
    const isBusy = () => this.#work.busy > 0 || this.#scheduled || this.#held.size > 0;
    this.#batches = onBatch && new Batches(onBatch, isBusy, emit);
    const end = () => {
      this.#unsuspect();
      for (const part of [this.#held, this.#warnings, this.#batches, this.#pending]) part?.[Symbol.dispose]();
    };
    signal.addEventListener('abort', end, { once: true });
  }

  /** The first merge, of everything. Resolves when it is through. */
  start(): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    for (const [path, parked] of this.#ledger.parked) if (isStandoff(parked)) this.#warnings.differs(path);
    this.#emptyAtFirst = emptySides(this.#ledger);
    this.#first = 'copying';
    this.#started = true;
    this.#ledger.markAll();
    this.#cycle();
    this.#checkIdle();
    return idle;
  }

  /** The ledger has marks. */
  schedule(): void {
    if (this.#scheduled || !this.#started || this.#signal.aborted) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#signal.aborted) this.#cycle();
      this.#checkIdle();
    });
  }

  #cycle(): void {
    if (this.#asking) return;
    const ledger = this.#ledger;
    const known = ledger.ancestor.size;
    const release = this.#first ? this.#first === 'removing' : this.#held.isDue(known);
    if (this.#first === 'copying' && this.#work.busy >= slice) return;
    const taken = release ? this.#held.release() : [];
    for (const path of ledger.dirty.take(this.#first === 'copying' ? slice : Infinity))
      if (!this.#work.postpones(path)) taken.push(path);
    taken.push(...this.#work.waitingFor(taken));
    if (taken.length === 0) return;
    this.#warnOfSkipped(taken);
    // What own work has left is heard of once more.
    const paths = taken.filter((path) => !ledger.isSettled(path));
    const planned = plan(ledger, paths);
    this.#noteObstructed(taken, planned);
    if (!release) {
      const free = this.#held.hold(planned, known);
      if (this.#first) this.#bigStart.add(free);
      this.#work.do(free);
      this.#pending.tell();
      if (ledger.dirty.size > 0) this.schedule();
      return;
    }
    const empty = this.#first && this.#emptyAtFirst;
    const danger = findDanger(ledger, planned, this.#approved, empty, this.#lately);
    if (danger === undefined && this.#comesBack(planned)) {
      this.#work.do(this.#held.hold(planned, known, removalHold.lookMs));
    } else if (danger === undefined) {
      this.#unsuspect();
      this.#lately.note(ledger, planned, this.#approved);
      for (const { path } of planned) this.#approved.delete(path);
      this.#work.do(planned);
    } else if (this.#work.busy > 0) {
      // What seems lost may be on its way under another name.
      this.#work.do(this.#held.hold(planned, known));
    } else if (this.#first === undefined && this.#mayPass(danger)) {
      this.#work.do(this.#held.hold(planned, known, removalHold.lookMs));
    } else {
      this.#unsuspect();
      this.#ask(danger, paths, planned).catch((error: unknown) => this.#options.failed(error));
    }
  }

  /** Whether what seemed lost is just being made anew: what is still missing of it may be on its way. */
  #comesBack(planned: readonly Action[]): boolean {
    if (this.#suspectedAt === undefined) return false;
    const left = planned.filter((action) => action.do === 'remove').length;
    const isLess = left > 0 && left < this.#suspected;
    this.#suspected = left;
    return isLess && this.#mayWait();
  }

  #mayWait(): boolean {
    const { passingMs = removalHold.passingMs } = this.#options;
    return performance.now() - (this.#suspectedAt ?? -Infinity) < passingMs;
  }

  /** Whether to look again before anybody is asked; says so. */
  #mayPass(danger: Danger): boolean {
    const { emit, passingMs, sides } = this.#options;
    if (passingMs === 0) return false;
    this.#suspected = Infinity;
    if (this.#suspectedAt === undefined) {
      const text = `${dangerText(danger, sides[danger.side].root)}: waiting whether they come back`;
      emit({ type: 'waiting', id: suspicion, text });
    }
    this.#suspectedAt ??= performance.now();
    return this.#mayWait();
  }

  #unsuspect(): void {
    if (this.#suspectedAt === undefined) return;
    this.#suspectedAt = undefined;
    this.#options.emit({ type: 'waited', id: suspicion });
  }

  async #ask(danger: Danger, paths: readonly string[], planned: readonly Action[]): Promise<void> {
    const { confirm, sides } = this.#options;
    this.#asking = true;
    const answer = (await confirm?.(danger)) ?? 'stop';
    if (this.#signal.aborted) return;
    if (answer === 'stop') throw dangerFailure(danger, sides[danger.side].root);
    const ledger = this.#ledger;
    const removals = planned.filter((action) => action.do === 'remove').map(({ path }) => path);
    if (answer === 'carry-over') {
      for (const path of removals) this.#approved.add(path);
    } else {
      // Under a mirror mode they would be removed all the same.
      ledger.policy = { ...ledger.policy, initial: undefined };
      ledger.restore(removals);
    }
    this.#asking = false;
    for (const path of paths) ledger.mark(path);
  }

  #done(done: Done): void {
    const { action, direction, directory, path, size } = done;
    if (size !== undefined) this.counts[direction]++;
    if (!directory || action !== 'update') {
      const event = { type: 'sync-change', direction, action, path } as const;
      this.#options.emit(size === undefined ? event : { ...event, size });
    }
    if (this.#first === undefined) this.#batches?.add(done);
  }

  #failed(path: string, error: unknown): void {
    try {
      this.#troubles.failed(path, error);
    } catch (fatal) {
      this.#options.failed(fatal);
    }
  }

  #warnOfSkipped(paths: readonly string[]): void {
    for (const path of paths) {
      const { local, remote } = this.#ledger;
      const isThere = local.kindOf(path) !== undefined || remote.kindOf(path) !== undefined;
      if (!isThere) this.#warnings.clear(path);
      for (const side of ['local', 'remote'] as const) {
        const why = whySkipped(this.#ledger, side, path);
        if (why) this.#warnings.skipped(side, path, why);
        else this.#warnings.notSkipped(side, path);
      }
    }
  }

  /** What is not in the way any more is no trouble, also where nothing has to be done about it. */
  #noteObstructed(paths: readonly string[], planned: readonly Action[]): void {
    const before = this.#obstructed.size > 0 ? paths.filter((path) => this.#obstructed.delete(path)) : [];
    for (const { do: what, path } of planned) if (what === 'obstructed') this.#obstructed.add(path);
    for (const path of before) if (!this.#obstructed.has(path)) this.#troubles.well(path);
  }

  #checkIdle(): void {
    if (this.#first === undefined || this.#asking || this.#scheduled) return;
    if (this.#work.busy > 0 || this.#troubles.isLooking || this.#ledger.dirty.size > 0) return;
    if (this.#first === 'copying' && this.#held.size > 0) {
      this.#first = 'removing';
      this.schedule();
      return;
    }
    this.#first = undefined;
    this.#ledger.policy = { direction: this.#ledger.policy.direction, initial: undefined };
    this.#warnings.flush();
    this.#onIdle?.();
  }
}
