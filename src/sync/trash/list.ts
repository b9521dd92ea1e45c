import type { Observed } from '../core/entry.js';
import { isSafePath } from '../core/path.js';
import { observe } from '../local/observe.js';
import { scanLocal } from '../local/scan.js';
import { readJournal, type TrashReason } from './journal.js';

/** The trash, relative to the root of a sync. */
export const trashPath = '.devspace/trash';
/** What was moved within this time of each other belongs together. */
const togetherMs = 2_000;

/** One file or symlink in the trash. */
export interface TrashItem {
  /** Root of the sync, absolute. */
  readonly root: string;
  /** Where it was, and where it is now; both relative to the root. */
  readonly path: string;
  readonly kept: string;
  readonly time: Date;
  readonly size: number;
  /** Undefined: the journal does not tell. */
  readonly why: TrashReason | undefined;
}

/** What one moment of sync put there, newest item first. */
export interface Moment {
  readonly time: Date;
  readonly items: readonly TrashItem[];
}

/** Everything in the trash of a root, newest first. A trash that is no real directory counts as empty. */
export async function listTrash(root: string): Promise<TrashItem[]> {
  for (const directory of ['.devspace', trashPath])
    if (observe(root, directory)?.kind !== 'directory') return [];
  const journal = readJournal(root);
  const all: Observed[] = [];
  const seen = (entries: readonly Observed[]) => {
    for (const entry of entries) all.push(entry);
  };
  await scanLocal(root, trashPath, { excluded: () => false }, { entering: () => {}, seen });
  const items: TrashItem[] = [];
  for (const found of all) {
    if (found.kind !== 'file' && found.kind !== 'symlink') continue;
    const [batch = '', ...rest] = found.path.slice(trashPath.length + 1).split('/');
    const time = timeOf(batch);
    const path = rest.join('/');
    if (time === undefined || path === '' || !isSafePath(path)) continue;
    const size = found.kind === 'file' ? found.size : 0;
    items.push({ root, path, kept: found.path, time, size, why: reasonOf(journal, found.path) });
  }
  return items.sort(newestFirst);
}

/** Puts items that belong together into one moment each, newest first. */
export function momentsOf(items: readonly TrashItem[]): Moment[] {
  const moments: { time: Date; items: TrashItem[] }[] = [];
  let last: TrashItem | undefined;
  for (const item of items.toSorted(newestFirst)) {
    if (last !== undefined && last.time.getTime() - item.time.getTime() <= togetherMs)
      moments.at(-1)?.items.push(item);
    else moments.push({ time: item.time, items: [item] });
    last = item;
  }
  return moments;
}

/** The newest version of each path. */
export function newestOf(items: readonly TrashItem[]): TrashItem[] {
  const found = new Map<string, TrashItem>();
  for (const item of items.toSorted(newestFirst)) {
    const key = `${item.root}\0${item.path}`;
    if (!found.has(key)) found.set(key, item);
  }
  return [...found.values()];
}

/** When a folder of the trash was made: `2026-11-21T11-05-00-123Z`, with `-1` and so on for the next of the same millisecond. */
export function timeOf(batch: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z(-\d+)?$/.exec(batch);
  if (!match) return undefined;
  const [, day, hours, minutes, seconds, ms] = match;
  const time = new Date(`${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** A folder that was moved as a whole has one line for all in it. */
function reasonOf(journal: ReadonlyMap<string, TrashReason>, kept: string): TrashReason | undefined {
  for (let path = kept; path.length > trashPath.length; path = path.slice(0, path.lastIndexOf('/'))) {
    const why = journal.get(path);
    if (why !== undefined) return why;
  }
  return undefined;
}

const newestFirst = (a: TrashItem, b: TrashItem): number =>
  b.time.getTime() - a.time.getTime() || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
