import { formatBytes } from '../../base/format.js';
import { visible } from '../../base/text-table.js';
import type { Emit } from '../../report/events.js';
import type { Action } from '../core/action.js';

/** From so much on people are told that a first sync will take its time, and why: most often it is something nobody wanted to have synced. */
const muchBytes = 100_000_000;

/** Says once of a first merge that it copies much, with the largest file so far. */
export class BigStart {
  readonly #emit: Emit;
  #bytes = 0;
  #largest = { path: '', size: 0 };
  #told = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Takes what is planned next. */
  add(planned: readonly Action[]): void {
    if (this.#told) return;
    for (const action of planned) {
      if (action.do !== 'file') continue;
      const { path, source } = action;
      this.#bytes += source.size;
      if (source.size > this.#largest.size) this.#largest = { path, size: source.size };
    }
    if (this.#bytes < muchBytes) return;
    this.#told = true;
    const { path, size } = this.#largest;
    const text = `The first sync copies more than ${formatBytes(muchBytes)}, among it ${visible(path)} (${formatBytes(size)}). What is not needed on both sides can be left out: excludePaths, or devspace sync -e PATTERN`;
    this.#emit({ type: 'note', level: 'info', text });
  }
}
