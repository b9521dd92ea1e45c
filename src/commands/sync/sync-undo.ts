import { isAbsolute, relative, resolve, sep } from 'node:path';

import { Failure, isFailure } from '../../base/failure.js';
import { formatAge, formatBytes } from '../../base/format.js';
import { textTable, visible } from '../../base/text-table.js';
import type { TrashReason } from '../../sync/trash/journal.js';
import { listTrash, type Moment, momentsOf, newestOf, type TrashItem } from '../../sync/trash/list.js';
import { restore } from '../../sync/trash/restore.js';
import type { CommandHandler, Invocation } from '../command.js';
import { printResult } from '../result.js';
import { foldersFrom, localPathOf, syncsHere } from './sync-places.js';

/** So many files of one moment are listed; with --at all of them. */
const shownFiles = 20;

/**
 * `devspace sync undo [PATH…]`: brings back what sync deleted or replaced here, from the trash. Without a path what the newest moment did. What
 * stands there now goes to the trash, so this can be undone. Exit code 1 when something could not be brought back.
 */
export const run: CommandHandler = async (invocation) => {
  const { flags } = invocation;
  const items: TrashItem[] = [];
  for (const root of await rootsOf(invocation)) items.push(...(await listTrash(root)));
  const chosen = choose(items, invocation);
  if (flags.list === true) {
    const moments = momentsOf(chosen);
    const all = typeof flags.at === 'string';
    printResult(invocation, { moments }, () => listed(moments, all ? Infinity : shownFiles, invocation));
    if (moments.length === 0) invocation.emit({ type: 'note', level: 'info', text: 'The trash is empty.' });
    return 0;
  }
  return bringBack(newestOf(chosen), invocation);
};

async function rootsOf(invocation: Invocation): Promise<string[]> {
  const wanted = await localPathOf(invocation);
  if (wanted !== undefined) return [wanted];
  const recorded = (await syncsHere(invocation)).map(({ record }) => record.local);
  return [...new Set([...recorded, ...foldersFrom(invocation.cwd)])];
}

function choose(items: readonly TrashItem[], invocation: Invocation): TrashItem[] {
  const { args, flags } = invocation;
  const { all, at, list } = flags;
  const times = typeof at === 'string' ? momentsOf(items).filter(({ time }) => isAt(time, at)) : undefined;
  if (times?.length === 0)
    throw nothing(`nothing was deleted or replaced at ${String(at)}`, items, invocation);
  const within = times ? times.flatMap((moment) => moment.items) : items;
  if (args.length > 0) {
    return args.flatMap((path) => {
      const found = within.filter((item) => covers(invocation.cwd, path, item));
      if (found.length === 0) throw nothing(`the trash has nothing of ${path}`, items, invocation);
      return found;
    });
  }
  if (list === true || all === true || times) return [...within];
  const [newest] = momentsOf(within);
  if (!newest) throw nothing('there is nothing to undo', items, invocation);
  return [...newest.items];
}

/** A time as the list shows it, or the start of one. */
const isAt = (time: Date, wanted: string): boolean => time.toISOString().startsWith(wanted.replace(/Z$/, ''));

/** Whether the item is the path, or below it. */
function covers(cwd: string, path: string, item: TrashItem): boolean {
  const wanted = relative(item.root, resolve(cwd, path)).split(sep).join('/');
  if (wanted === '') return true;
  if (wanted.startsWith('../') || wanted === '..' || isAbsolute(wanted)) return false;
  return item.path === wanted || item.path.startsWith(`${wanted}/`);
}

function nothing(message: string, items: readonly TrashItem[], { flags }: Invocation): Failure {
  const hint =
    items.length > 0
      ? 'devspace sync undo --list'
      : flags.localPath === undefined
        ? 'go to the folder of the project, or name the synced folder with --local-path'
        : 'devspace sync status';
  return new Failure({ code: 'SYNC_NOTHING_TO_UNDO', message, hint });
}

function bringBack(items: readonly TrashItem[], invocation: Invocation): number {
  const restored: { root: string; path: string; displaced?: string | undefined }[] = [];
  const failed: { root: string; path: string; code: string; text: string }[] = [];
  // Directories before what is in them: what stands in the way is moved once.
  for (const item of items.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const { path, root } = item;
    try {
      restored.push({ root, path, displaced: restore(item).displaced });
    } catch (error) {
      if (!isFailure(error)) throw error;
      failed.push({ root, path, code: error.code, text: error.message });
      invocation.emit({ type: 'warning', code: error.code, text: error.message, subject: path });
    }
  }
  printResult(invocation, { restored, failed }, () => restored.map(({ path }) => visible(path)));
  const displaced = restored.filter((one) => one.displaced !== undefined).length;
  const kept = displaced > 0 ? ` What was there (${displaced}) is in the trash now.` : '';
  const text = `Brought back ${restored.length} of ${items.length}.${kept}`;
  invocation.emit({ type: 'note', level: failed.length > 0 ? 'warn' : 'done', text });
  return failed.length > 0 ? 1 : 0;
}

const reasons: Record<TrashReason, string> = {
  removed: 'deleted in the container',
  replaced: 'replaced by another kind',
  conflict: 'your version, lost a conflict',
  theirs: "container's version, lost a conflict",
  undo: 'replaced by an undo',
};

function listed(moments: readonly Moment[], most: number, { cwd }: Invocation): string[] {
  const now = Date.now();
  const rows = moments.flatMap(({ items, time }) => {
    const rows = items
      .slice(0, most)
      .map((item) => [
        item.time.toISOString().replace(/\.\d+Z$/, 'Z'),
        `${formatAge(now - item.time.getTime())} ago`,
        item.why === undefined ? 'not known' : reasons[item.why],
        formatBytes(item.size),
        relative(cwd, resolve(item.root, item.path)),
      ]);
    const more = items.length - most;
    if (more > 0) rows.push(['', '', '', '', `and ${more} more: --list --at ${time.toISOString()}`]);
    return [...rows, []];
  });
  if (rows.length === 0) return [];
  return textTable(['When', 'Age', 'Why', 'Size', 'Path'], rows.slice(0, -1));
}
