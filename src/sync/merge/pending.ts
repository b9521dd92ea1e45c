import type { Emit } from '../../report/events.js';

/** How often it is told, and from how many on: what is done in a moment is not worth telling. */
const everyMs = 500;
const from = 100;

/** Tells now and then how many paths are under way, and when it is none any more. */
export class Pending {
  readonly #emit: Emit;
  #told = 0;
  #at = -Infinity;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  tell(paths: number): void {
    if (paths === this.#told || (this.#told === 0 && paths < from)) return;
    const now = performance.now();
    if (paths > 0 && now - this.#at < everyMs) return;
    this.#told = paths;
    this.#at = now;
    this.#emit({ type: 'sync-pending', paths });
  }
}
