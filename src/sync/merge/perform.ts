import { isFailure } from '../../base/failure.js';
import { type Entry, type FileEntry, otherSide, type Side } from '../core/entry.js';
import type { Action } from '../core/action.js';
import type { Emit } from '../../report/events.js';
import type { Endpoint, Kept } from '../endpoint.js';
import { changedFailure } from '../file-failure.js';
import type { Ledger } from './ledger.js';
import type { Local } from '../local/local.js';
import type { Remote } from '../remote/remote.js';
import { isDelta, transferDelta } from './transfer.js';

export interface Sides {
  readonly local: Local;
  readonly remote: Remote;
}

/** Actions that change a side. */
export type Change = Exclude<Action, { do: 'forget' | 'record' | 'park' | 'hash' }>;

/** What a change has done to its side; `size`: of the file that was sent. */
export interface Done {
  direction: 'up' | 'down';
  action: 'create' | 'update' | 'remove';
  path: string;
  directory: boolean;
  size?: number;
}

/**
 * Does one planned change, enters the result in the ledger and tells what was done; undefined: nothing but a step on the way, or nothing was to be
 * done. Throws the Failure of the endpoint; then nothing was changed, except that a copy may be left in the trash.
 */
export async function perform(
  change: Change,
  sides: Sides,
  ledger: Ledger,
  emit: Emit,
): Promise<Done | undefined> {
  const { to, path } = change;
  const done = (action: Done['action'], directory = false): Done => ({
    direction: to === 'remote' ? 'up' : 'down',
    action,
    path,
    directory,
  });
  switch (change.do) {
    case 'file': {
      const size = await copyFile(change, sides, ledger, emit);
      return size === undefined ? undefined : { ...done(change.target ? 'update' : 'create'), size };
    }
    case 'mkdir': {
      const made = await sides[to].mkdir(path, change.mode);
      recordAt(to, made, path, '', ledger, change.source);
      return done('create', true);
    }
    case 'symlink': {
      const { target } = change;
      const kept = await prepareLoser(change, sides, emit);
      const made = await sides[to].symlink(path, target, change.source.target, kept);
      recordAt(to, made, path, '', ledger, change.source);
      return done(target ? 'update' : 'create');
    }
    case 'remove': {
      const conflict = await prepareLoser(change, sides, emit);
      const why = change.conflict ? 'conflict' : change.replaced ? 'replaced' : 'removed';
      const kept = await sides[to].remove(path, change.target, why);
      if (kept !== undefined) conflict?.(kept);
      ledger.removed(path, to, change.replaced);
      return change.replaced ? undefined : done('remove', change.target.kind === 'directory');
    }
    case 'chmod': {
      const seen = ledger[to].get(path);
      if (seen === undefined) throw changedFailure(path);
      const record = (entry: Entry) =>
        change.source === undefined
          ? ledger.restamp(path, to, entry)
          : recordAt(to, entry, path, change.hash, ledger, change.source);
      try {
        record(await sides[to].chmod(path, seen, change.mode));
      } catch (error) {
        // Not allowed: each side keeps its own mode, and it is not tried again.
        if (isFailure(error, 'SYNC_PERMISSION')) record(seen);
        throw error;
      }
      return done('update', change.directory);
    }
    default:
      return change satisfies never;
  }
}

/** The size of what was sent; undefined when both sides turned out to be equal. */
async function copyFile(
  change: Extract<Change, { do: 'file' }>,
  sides: Sides,
  ledger: Ledger,
  emit: Emit,
): Promise<number | undefined> {
  const kept = await prepareLoser(change, sides, emit);
  const delta = isDelta(change);
  try {
    return await send(change, sides, ledger, kept, delta);
  } catch (error) {
    // Blocks were taken for equal that are not.
    if (delta && isFailure(error, 'SYNC_CONTENT_MISMATCH')) return send(change, sides, ledger, kept, false);
    throw error;
  }
}

async function send(
  change: Extract<Change, { do: 'file' }>,
  sides: Sides,
  ledger: Ledger,
  kept: Kept | undefined,
  delta: boolean,
): Promise<number | undefined> {
  const { to, path, source, target, mode, conflict } = change;
  const from: Endpoint = sides[otherSide(to)];
  ledger.trust(path);
  const incoming = sides[to].write(path, target, { mode, mtime: source.mtime, size: source.size }, kept);
  let ended = false;
  try {
    const content = delta
      ? await transferDelta(change, sides, incoming, ledger.ancestor.get(path)?.hash)
      : await from.read(path, source, incoming);
    if (target?.kind === 'file' && !conflict && hasAlready(ledger, to, path, target, content.hash)) {
      ledger.hashed(otherSide(to), path, content.entry.stamp, content.hash);
      return undefined;
    }
    ended = true;
    const made = await incoming.commit(content.hash);
    if (isOurs(made, source)) {
      recordAt(to, made, path, content.hash, ledger, content.entry);
    } else {
      // Someone wrote to it in the moment between the rename and the look: its hash will tell.
      recordAt(to, { ...made, stamp: '' }, path, content.hash, ledger, content.entry);
      ledger.mark(path);
    }
    return source.size;
  } finally {
    if (!ended) incoming.abort();
  }
}

/** Whether what is there now still has the time it was put there with; Node sets times to about a microsecond. */
function isOurs(made: FileEntry, source: FileEntry): boolean {
  const apart = (made.mtime.s - source.mtime.s) * 1e9 + made.mtime.ns - source.mtime.ns;
  return made.size === source.size && Math.abs(apart) < 2000;
}

/** Whether the target still is what both sides had in common, and the source turned out to be that too. */
function hasAlready(ledger: Ledger, to: Side, path: string, target: FileEntry, hash: string): boolean {
  const known = ledger.ancestor.get(path);
  if (known?.kind !== 'file' || known.hash !== hash) return false;
  return target.stamp === (to === 'local' ? known.localStamp : known.remoteStamp);
}

/** `source` is what the other side had when this was planned or read: what it has now may be newer, and is decided about later. */
function recordAt(side: Side, made: Entry, path: string, hash: string, ledger: Ledger, source: Entry): void {
  if (side === 'local') ledger.record(path, made, source, hash);
  else ledger.record(path, source, made, hash);
}

/**
 * Sees to it that the losing content of a conflict is kept in the local trash, and said so: fetches it from the container at once, or gives back
 * what the local side is to call when it has moved it.
 */
async function prepareLoser(
  change: { to: Side; path: string; target: Entry | undefined; conflict: boolean },
  sides: Sides,
  emit: Emit,
): Promise<Kept | undefined> {
  const { to, path, target, conflict } = change;
  if (!conflict || target === undefined) return undefined;
  const kept: Kept = (savedAs) => emit({ type: 'sync-conflict', path, kept: otherSide(to), savedAs });
  if (to === 'local') return kept;
  if (target.kind === 'symlink') {
    kept(sides.local.linkInTrash(path, target.target));
  } else if (target.kind === 'file') {
    const incoming = sides.local.writeToTrash(path, target);
    let ended = false;
    try {
      const content = await sides.remote.read(path, target, incoming);
      ended = true;
      await incoming.commit(content.hash);
    } finally {
      if (!ended) incoming.abort();
    }
    kept(incoming.savedAs());
  }
  return undefined;
}
