import { visible } from '../base/text-table.js';
import type { Event } from './events.js';

type Conflict = Event & { type: 'sync-conflict' };
type Warn = (code: string, text: string, details?: readonly string[], hint?: string) => void;

/** So many conflicts are told one by one; of more that come together, only how many. */
const toldSingly = 5;
const togetherMs = 2_000;

export interface ConflictLines {
  add(conflict: Conflict): void;
  /** Tells what is not told yet. */
  flush(): void;
}

/** Warns of conflicts, of which the first sync with another's version of a project may find thousands. `devspace sync status` lists them. */
export function conflictLines(warn: Warn): ConflictLines {
  let told = 0;
  let more = 0;
  let timer: NodeJS.Timeout | undefined;
  const tellMore = (): boolean => {
    if (more === 0) return false;
    const files = more === 1 ? 'file was' : 'files were';
    warn(
      'SYNC_CONFLICT',
      `${more} more ${files} changed on both sides; the versions that lost are in the trash`,
      [],
      'devspace sync status',
    );
    more = 0;
    return true;
  };
  const next = (): void => {
    // While more come, they are only counted.
    if (tellMore()) return;
    told = 0;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    add({ kept, path, savedAs }) {
      timer ??= setInterval(next, togetherMs).unref();
      if (told === toldSingly) {
        more++;
        return;
      }
      told++;
      const [winner, other] =
        kept === 'local' ? ['your version', "the container's"] : ["the container's version", 'yours'];
      const text = `${visible(path)} was changed on both sides; kept ${winner}, ${other} is in ${visible(savedAs)}`;
      // Only what can be typed as it is.
      const typed = /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(path) ? `devspace sync undo ${path}` : undefined;
      warn('SYNC_CONFLICT', text, [], told === 1 ? typed : undefined);
    },
    flush() {
      clearInterval(timer);
      timer = undefined;
      tellMore();
    },
  };
}
