import { messageOf } from '../../base/failure.js';
import type { Emit } from '../../report/events.js';
import type { Done } from './perform.js';

/** What one round of merging has done to one side, in the order it was done. */
export interface Batch {
  direction: 'up' | 'down';
  changes: readonly { path: string; action: 'create' | 'update' | 'remove'; directory: boolean }[];
}

/** A round is over when nothing was done for so long and nothing is under way; a busy one is told of in parts. */
const round = { quietMs: 50, longestMs: 2000 } as const;

/**
 * Collects what was done into rounds and tells of each, one batch for each direction, one after another. What is done while the callback runs is
 * told of next. An error of the callback is reported and harms nothing. What a session has not told when it ends is not told.
 */
export class Batches implements Disposable {
  readonly #onBatch: (batch: Batch) => Promise<void>;
  readonly #isBusy: () => boolean;
  readonly #emit: Emit;
  #changes: Done[] = [];
  #first = 0;
  #last = 0;
  #timer: NodeJS.Timeout | undefined;
  #telling = false;

  /** `isBusy`: more of this round is to come. */
  constructor(onBatch: (batch: Batch) => Promise<void>, isBusy: () => boolean, emit: Emit) {
    this.#onBatch = onBatch;
    this.#isBusy = isBusy;
    this.#emit = emit;
  }

  add(done: Done): void {
    this.#last = performance.now();
    if (this.#changes.length === 0) this.#first = this.#last;
    this.#changes.push(done);
    this.#arm(round.quietMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#changes = [];
  }

  #arm(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#tellWhenOver();
    }, ms);
  }

  async #tellWhenOver(): Promise<void> {
    if (this.#telling || this.#changes.length === 0) return;
    const now = performance.now();
    const quiet = this.#last + round.quietMs - now;
    const isLong = now - this.#first >= round.longestMs;
    if (!isLong && (quiet > 0 || this.#isBusy())) return this.#arm(Math.max(quiet, 5));
    const changes = this.#changes;
    this.#changes = [];
    this.#telling = true;
    for (const direction of ['up', 'down'] as const) {
      const some = changes.filter((change) => change.direction === direction);
      if (some.length > 0) await this.#tell({ direction, changes: some });
    }
    this.#telling = false;
    if (this.#changes.length > 0) this.#arm(0);
  }

  async #tell(batch: Batch): Promise<void> {
    try {
      await this.#onBatch(batch);
    } catch (error) {
      this.#emit({ type: 'warning', code: 'SYNC_HOOK_FAILED', text: `After a sync: ${messageOf(error)}` });
    }
  }
}
