import type { Emit } from '../../report/events.js';

/** How often it is told, and from how many on: what is done in a moment is not worth telling. */
const everyMs = 500;
const from = { paths: 100, bytes: 8 * 1024 * 1024 } as const;

/** Tells now and then how many paths and bytes of files are under way, and when it is none any more. */
export class Pending {
  readonly #emit: Emit;
  #told = 0;
  #at = -Infinity;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  tell(paths: number, bytes: number): void {
    if (paths === this.#told || (this.#told === 0 && paths < from.paths && bytes < from.bytes)) return;
    const now = performance.now();
    if (paths > 0 && now - this.#at < everyMs) return;
    this.#told = paths;
    this.#at = now;
    this.#emit({ type: 'sync-pending', paths, bytes });
  }
}
