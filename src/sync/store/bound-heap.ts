import { setFlagsFromString } from 'node:v8';

import { collector } from './collect.js';

/** From so many entries on, memory is dearer than time. */
const many = 200_000;
/** Where the collector is called by hand: on a busy machine V8's own, which works beside the program, comes too late. */
const tightBytes = 300 * 1024 * 1024;
const lookEveryMs = 500;
/** Of the time at most a tenth is spent on that. */
const share = 10;

/**
 * Keeps the heap near what is in use while there is very much to sync, from the first {@link check} that tells so until it is disposed: V8 would let it
 * grow to several times that before it collects. Costs about a fifth more time. What it tells V8 holds for the rest of the process, since nothing less
 * can be told.
 */
export class HeapBound implements Disposable {
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  check(entries: number): void {
    if (entries < many || this.#timer !== undefined || this.#isOver) return;
    setFlagsFromString('--heap-growing-percent=20');
    const collect = collector();
    let notBefore = 0;
    this.#timer = setInterval(() => {
      const began = performance.now();
      if (began < notBefore || process.memoryUsage.rss() < tightBytes) return;
      collect();
      notBefore = began + share * (performance.now() - began);
    }, lookEveryMs).unref();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }
}
