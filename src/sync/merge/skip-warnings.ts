import type { Emit } from '../../report/events.js';
import { decide, isSyncable, type View } from '../core/decide.js';
import type { Entry, Side } from '../core/entry.js';
import { parentOf } from '../core/path.js';

/** So many are named one by one. */
const mostNamed = 20;

/** Says once of each path why it is not synced, and when that is over. */
export class SkipWarnings {
  readonly #emit: Emit;
  readonly #told: Record<Side, Map<string, string>> = { local: new Map(), remote: new Map() };
  #named = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** `why`: to follow the path in a sentence. */
  warn(side: Side, path: string, why: string): void {
    const text = `${path} (${side === 'local' ? 'here' : 'in the container'}) is not synced: ${why}.`;
    if (this.#told[side].get(path) === text) return;
    this.#told[side].set(path, text);
    this.#emit({ type: 'sync-problem', path, state: 'found', code: 'SYNC_SKIPPED', text });
    if (++this.#named > mostNamed + 1) return;
    if (this.#named > mostNamed) {
      const text = 'More paths are not synced for such reasons; devspace sync status lists them.';
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

  clear(side: Side, path: string): void {
    if (!this.#told[side].delete(path) || this.#told.local.has(path) || this.#told.remote.has(path)) return;
    this.#emit({ type: 'sync-problem', path, state: 'cleared' });
  }
}

/** Why what a side has at a path is left alone; undefined: it is not. */
export function whySkipped(view: View, side: Side, path: string): string | undefined {
  const entry = view[side].get(path);
  if (entry === undefined) return undefined;
  if (!isSyncable(path, entry)) return skipReason(entry);
  if (side === 'local' || view.local.get(path)) return undefined;
  const why = view.unreachable(path);
  // Said of the topmost, and not of what is only on its way out.
  if (why === undefined || why === '' || view.unreachable(parentOf(path)) !== undefined) return undefined;
  return decide(view, path).do === 'nothing' ? why : undefined;
}

/** Why sync cannot carry such an entry. */
export function skipReason(entry: Entry): string {
  if (entry.kind === 'unreadable') return entry.reason;
  if (entry.kind === 'other') return `it is a ${entry.what}`;
  if (entry.kind === 'symlink')
    return `it links to ${entry.target}, which is outside the synced folder or not relative`;
  return 'it cannot be synced';
}
