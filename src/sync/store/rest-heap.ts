import { collector } from './collect.js';

/** How long nothing must have happened. V8 gives up its young generation when less than 1 MB/s was allocated in the 5 s before a collection. */
const quietMs = 6000;
/** Growth of resident memory since the last rest that is worth a collection. */
const growthBytes = 16 * 1024 * 1024;
/** A collection that takes long, of very much, needs to be awaited longer: at most this part of the time is spent on it. */
const share = 1 / 100;
/** The first collection frees what is not used, the second one finds the young generation idle and gives it back. */
const collections = 2;

export interface HeapRestOptions {
  quietMs: number;
  /** Resident memory, in bytes. */
  resident: () => number;
  collect: () => void;
}

/**
 * Gives back the memory that much work has left behind, once nothing has been touched for a while: V8 collects when something is allocated, so a run
 * that lies still would keep it for hours. While nothing happens there is no timer. Dispose it to stop.
 */
export class HeapRest implements Disposable {
  readonly #options: HeapRestOptions;
  #timer: NodeJS.Timeout | undefined;
  #isTouched = false;
  #isOver = false;
  /** Collections still to be done before this rest is over. */
  #left = 0;
  /** After the last rest. */
  #rested = 0;
  /** What the last collection took. */
  #tookMs = 0;

  constructor(options: Partial<HeapRestOptions> = {}) {
    const collect = () => collector()();
    this.#options = { quietMs, resident: () => process.memoryUsage.rss(), collect, ...options };
  }

  /** Something is going on. Costs next to nothing. */
  touch(): void {
    this.#isTouched = true;
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#isOver) return;
    const ms = Math.max(this.#options.quietMs, this.#tookMs / share);
    this.#timer ??= setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    this.#timer = undefined;
    const { collect, resident } = this.#options;
    if (this.#isTouched) {
      this.#isTouched = false;
      this.#left = collections;
      return this.#arm();
    }
    if (this.#left === collections && resident() < this.#rested + growthBytes) return;
    const began = performance.now();
    collect();
    this.#tookMs = performance.now() - began;
    this.#left -= 1;
    if (this.#left > 0) return this.#arm();
    this.#rested = resident();
  }
}
