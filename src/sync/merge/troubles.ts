import { sleep } from '../../base/abort.js';
import { isFailure } from '../../base/failure.js';
import { restlessFailure } from '../file-failure.js';
import type { Ledger } from './ledger.js';
import type { Sides } from './sides.js';
import { Retries } from './retries.js';
import { Stuck } from './stuck.js';
import type { Warnings } from './warnings.js';

/** After this time it is said of a path that it keeps changing. Each change leads to a try, so their number tells nothing. */
const restlessMs = 15_000;

/** Looks after paths that failed: looks at them again, ever more slowly, and says what is wrong with them. */
export class Troubles {
  readonly #ledger: Ledger;
  readonly #sides: Sides;
  readonly #warnings: Warnings;
  readonly #rested: () => void;
  readonly #signal: AbortSignal;
  readonly #retries = new Retries();
  readonly #stuck: Stuck;
  #looking = 0;

  /** `rested` is called when a look has ended. */
  constructor(ledger: Ledger, sides: Sides, warnings: Warnings, rested: () => void, signal: AbortSignal) {
    this.#ledger = ledger;
    this.#sides = sides;
    this.#warnings = warnings;
    this.#rested = rested;
    this.#signal = signal;
    this.#stuck = new Stuck((path) => ledger.mark(path));
    signal.addEventListener('abort', () => this.#stuck[Symbol.dispose](), { once: true });
  }

  /** True while something is looked at again that a merge should wait for. */
  get isLooking(): boolean {
    return this.#looking > 0;
  }

  well(path: string): void {
    this.#retries.forget(path);
    this.#stuck.well(path);
    this.#warnings.clear(path);
  }

  /** Takes what went wrong at a path. Throws what is no failure of one path. */
  failed(path: string, error: unknown): void {
    if (!isFailure(error)) throw error;
    switch (error.code) {
      case 'SYNC_FILE_CHANGED':
      case 'SYNC_FILE_MISSING':
      case 'SYNC_WRONG_KIND':
      case 'SYNC_CONTENT_MISMATCH':
        // It never rests, or something is wrong in a way no one thought of.
        if (this.#retries.age(path) > restlessMs)
          this.#warnings.failed(path, error.code === 'SYNC_FILE_CHANGED' ? restlessFailure(path) : error);
        void this.#lookAgain(path);
        return;
      case 'SYNC_UNSAFE_PATH':
      case 'SYNC_DIR_IN_THE_WAY':
        // A directory may have become a symlink, or got something new, a moment ago; what stays so is said.
        if (this.#retries.count(path) >= 3) this.#warnings.failed(path, error);
        else void this.#lookAgain(path);
        return;
      case 'SYNC_DIR_NOT_EMPTY':
        // Something excluded is in it, or something nobody has heard of yet.
        if (this.#retries.count(path) < 3) void this.#lookAgain(path);
        return;
      case 'SYNC_CANCELLED':
        return;
      default:
        if (error.code.startsWith('SYNC_STREAM') || error.code === 'SYNC_PROTOCOL') return;
        this.#warnings.failed(path, error);
        this.#stuck.add(path);
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
      // A look may be refused, behind a symlink: then what is known has to do.
      await Promise.allSettled([this.#sides.local.scan(path), this.#sides.remote.scan(path)]);
      if (!this.#signal.aborted) this.#ledger.mark(path);
    } catch {
      // The session ended, and says why itself.
    }
    if (counts) this.#looking--;
    this.#rested();
  }
}
