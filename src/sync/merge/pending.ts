import type { Emit } from '../../report/events.js';

/** How often it is told when something begins or ends, and how often while nothing does: a large file takes its time. */
const everyMs = { steps: 500, moved: 2000 } as const;
/** From how many on: what is done in a moment is not worth telling. */
const from = { paths: 100, bytes: 8 * 1024 * 1024 } as const;

/** What is worked on: paths, the size of the files among them, and how much of that was sent. */
export interface UnderWay {
  readonly busy: number;
  readonly bytes: number;
  readonly moved: number;
}

/** Tells now and then how much is under way, and when nothing is any more. */
export class Pending implements Disposable {
  readonly #emit: Emit;
  readonly #work: () => UnderWay;
  readonly #every: { readonly steps: number; readonly moved: number };
  #told = { paths: 0, moved: 0 };
  #at = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(emit: Emit, work: () => UnderWay, every: { steps: number; moved: number } = everyMs) {
    this.#every = every;
    this.#emit = emit;
    this.#work = work;
  }

  /** Something began or ended. */
  tell(): void {
    const { busy: paths, bytes, moved: sent } = this.#work();
    // What had to be sent once more was sent twice.
    const moved = Math.min(sent, bytes);
    if (this.#told.paths === 0 && paths < from.paths && bytes < from.bytes) return;
    if (paths === 0) this[Symbol.dispose]();
    else this.#timer ??= setTimeout(() => this.#look(), this.#every.moved);
    if (paths === this.#told.paths && moved === this.#told.moved) return;
    const now = performance.now();
    if (paths > 0 && now - this.#at < this.#every.steps) return;
    this.#told = { paths, moved };
    this.#at = now;
    this.#emit({ type: 'sync-pending', paths, bytes, moved });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    this.tell();
  }
}
