import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { observe } from '../local/observe.js';

/**
 * Why something is in the trash: `removed`: sync removed it here because the other side had; `replaced`: something of another kind took its place;
 * `conflict`: this side's version lost; `theirs`: the container's version lost; `undo`: it stood where something was brought back.
 */
export type TrashReason = 'removed' | 'replaced' | 'conflict' | 'theirs' | 'undo';

const reasons: ReadonlySet<unknown> = new Set(['removed', 'replaced', 'conflict', 'theirs', 'undo']);
const journalPath = '.devspace/trash.jsonl';
/** At this size it becomes the old one, and the old one goes. */
const largest = 4 * 1024 * 1024;

/** Writes down why `kept` (relative to the root) is in the trash. The trash can be used without, so this never throws. */
export function noteInJournal(root: string, kept: string, why: TrashReason): void {
  const file = join(root, journalPath);
  try {
    // Never through a link that someone put there.
    const there = observe(root, journalPath);
    if (there !== undefined && there.kind !== 'file') return;
    if (there?.kind === 'file' && there.size > largest) renameSync(file, `${file}.old`);
    appendFileSync(file, `${JSON.stringify({ kept, why })}\n`, { mode: 0o600 });
  } catch {
    // See above.
  }
}

/** What the journal tells: place in the trash → why. Lines that are broken are left out. */
export function readJournal(root: string): Map<string, TrashReason> {
  const found = new Map<string, TrashReason>();
  for (const name of [`${journalPath}.old`, journalPath]) {
    for (const line of linesOf(join(root, name))) {
      try {
        const { kept, why } = JSON.parse(line) as { kept?: unknown; why?: unknown };
        if (typeof kept === 'string' && reasons.has(why)) found.set(kept, why as TrashReason);
      } catch {
        // The last line of a process that was killed.
      }
    }
  }
  return found;
}

function linesOf(file: string): string[] {
  try {
    // A second bound, for what others may have put there.
    if (statSync(file).size > 4 * largest) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
