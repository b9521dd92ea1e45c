import type { Emit } from '../../report/events.js';
import type { Entry, Side } from '../core/entry.js';

/** So many are named one by one. */
const mostNamed = 20;

/** Says once of each path why it is not synced. */
export class SkipWarnings {
  readonly #emit: Emit;
  readonly #told = new Set<string>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  warn(side: Side, path: string, entry: Entry): void {
    const where = side === 'local' ? 'here' : 'in the container';
    const text = `${path} (${where}) is not synced: ${reason(entry)}.`;
    if (this.#told.size > mostNamed || this.#told.has(text)) return;
    this.#told.add(text);
    if (this.#told.size > mostNamed) {
      const text = 'More paths are not synced for such reasons; they are not listed.';
      this.#emit({ type: 'warning', code: 'SYNC_SKIPPED', text });
    } else {
      this.#emit({
        type: 'warning',
        code: 'SYNC_SKIPPED',
        text,
        subject: path,
        hint: 'Add it to excludePaths.',
      });
    }
  }
}

function reason(entry: Entry): string {
  if (entry.kind === 'unreadable') return entry.reason;
  if (entry.kind === 'other') return `it is a ${entry.what}`;
  if (entry.kind === 'symlink')
    return `it links to ${entry.target}, which is outside the synced folder or not relative`;
  return 'it cannot be synced';
}
