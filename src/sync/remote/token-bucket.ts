import { sleep } from '../../base/abort.js';

/**
 * Limits bytes per second, with bursts of up to a tenth of a second. `take` is undefined when the bytes may pass now. Takers queue up; a piece
 * larger than the burst passes whole and is paid for by those after it.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #now: () => number;
  /** When everything granted so far is paid for, in milliseconds. */
  #paidAt = -Infinity;

  /** `kilobytesPerSecond` of 1,024 bytes; 0 or undefined: no limit. */
  constructor(kilobytesPerSecond: number | undefined, now: () => number = () => performance.now()) {
    this.#perMs = kilobytesPerSecond ? (kilobytesPerSecond * 1024) / 1000 : Infinity;
    this.#now = now;
  }

  take(bytes: number, signal?: AbortSignal): Promise<void> | undefined {
    if (this.#perMs === Infinity) return undefined;
    const now = this.#now();
    const from = Math.max(this.#paidAt, now - 100);
    this.#paidAt = from + bytes / this.#perMs;
    return from > now ? sleep(from - now, signal) : undefined;
  }
}
