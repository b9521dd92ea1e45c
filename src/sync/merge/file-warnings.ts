import type { Failure } from '../../base/failure.js';
import type { Emit } from '../../report/events.js';

/** Says why a path could not be synced, once until that is over. */
export class FileWarnings {
  readonly #emit: Emit;
  readonly #told = new Map<string, string>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  has(path: string): boolean {
    return this.#told.has(path);
  }

  warn(path: string, { code, hint, message }: Failure): void {
    if (this.#told.get(path) === code) return;
    this.#told.set(path, code);
    this.#emit({ type: 'sync-problem', path, state: 'found', code, text: message });
    this.#emit({
      type: 'warning',
      code,
      text: message,
      subject: path,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  clear(path: string): void {
    if (this.#told.delete(path)) this.#emit({ type: 'sync-problem', path, state: 'cleared' });
  }
}
