import { formatBytes } from '../base/format.js';

/** Where there is no line that can be written anew, it is told this often. */
const everyMs = 10_000;

/** What is shown of a sync that is busy for longer than a moment. */
export class SyncProgress {
  #done = 0;
  #began: number | undefined;
  #told = 0;

  /** A path was synced. */
  count(): void {
    this.#done++;
  }

  /** The text for so many paths and bytes under way; undefined: none is. `due`: it is time to tell it also where each text is a line more. */
  text(paths: number, bytes: number, now = performance.now()): { text: string; due: boolean } | undefined {
    if (paths === 0) {
      this.#began = undefined;
      return undefined;
    }
    if (this.#began === undefined) {
      this.#began = this.#told = now;
      this.#done = 0;
    }
    const due = now - this.#told >= everyMs;
    if (due) this.#told = now;
    const size = bytes > 0 ? ` (${formatBytes(bytes)})` : '';
    const done = this.#done > 0 ? `, ${this.#done} done` : '';
    return { text: `syncing: ${paths} path${paths === 1 ? '' : 's'}${size} under way${done}`, due };
  }
}
