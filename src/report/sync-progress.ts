import { formatBytes } from '../base/format.js';
import type { Event } from './events.js';

/** Where there is no line that can be written anew, it is told this often. */
const everyMs = 5_000;

/** What is shown of a sync that is busy for longer than a moment. */
export class SyncProgress {
  #done = 0;
  #began: number | undefined;
  #told = 0;

  /** A path was synced. */
  count(): void {
    this.#done++;
  }

  /** The text for what is under way; undefined: nothing is. `due`: it is time to tell it also where each text is a line more. */
  text(
    { bytes, moved, paths }: Pick<Event & { type: 'sync-pending' }, 'bytes' | 'moved' | 'paths'>,
    now = performance.now(),
  ): { text: string; due: boolean } | undefined {
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
    const sent = moved > 0 ? `${formatBytes(moved)} of ` : '';
    const size = bytes > 0 ? ` (${sent}${formatBytes(bytes)})` : '';
    const done = this.#done > 0 ? `, ${this.#done} done` : '';
    return { text: `syncing: ${paths} path${paths === 1 ? '' : 's'}${size} under way${done}`, due };
  }
}
