import { isFailure } from '../../base/failure.js';
import { compareTime, type Entry, type FileEntry, otherSide, type Side } from '../core/entry.js';
import type { Action } from '../core/action.js';
import type { Emit } from '../../report/events.js';
import type { Content, Endpoint, Patchable } from '../endpoint.js';
import { maxDataLength } from '../wire/frame.js';
import { changedFailure, fileFailure } from '../file-failure.js';
import type { Ledger } from './ledger.js';
import { type Loser, prepareLoser } from './loser.js';
import type { Sides } from './sides.js';
import { isDelta, transferDelta } from './transfer.js';

/** Actions that change a side. */
export type Change = Exclude<Action, { do: 'forget' | 'record' | 'park' | 'hash' | 'obstructed' }>;

export type FileChange = Extract<Change, { do: 'file' }>;

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
 * done. Throws the Failure of the endpoint; then nothing was changed, except that a copy may be left in the trash. `moved`: told of
 * content of large files as it goes.
 */
export async function perform(
  change: Change,
  sides: Sides,
  ledger: Ledger,
  emit: Emit,
  moved: (bytes: number) => void = () => {},
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
      const size = await copyFile(change, sides, ledger, emit, moved);
      return size === undefined ? undefined : { ...done(change.target ? 'update' : 'create'), size };
    }
    case 'mkdir': {
      const made = await sides[to].mkdir(path, change.mode);
      recordAt(to, made, path, '', ledger, change.source);
      return done('create', true);
    }
    case 'symlink': {
      const { target } = change;
      const loser = await prepareLoser(change, sides, emit);
      const made = await sides[to].symlink(path, target, change.source.target, loser);
      overcome(loser, path, ledger);
      recordAt(to, made, path, '', ledger, change.source);
      return done(target ? 'update' : 'create');
    }
    case 'remove': {
      const loser = await prepareLoser(change, sides, emit);
      const why = change.conflict ? 'conflict' : change.replaced ? 'replaced' : 'removed';
      const savedAs = await sides[to].remove(path, change.target, why).catch((error: unknown) => {
        throw change.replaced && isFailure(error, 'SYNC_DIR_NOT_EMPTY') ? inTheWay(to, path) : error;
      });
      if (savedAs !== undefined) loser?.kept?.(savedAs);
      overcome(loser, path, ledger);
      ledger.removed(path, to, change.replaced);
      return change.replaced ? undefined : done('remove', change.target.kind === 'directory');
    }
    case 'chmod': {
      // What it is decided about must still be there, or the mode would go to content nobody looked at.
      const seen = change.target ?? ledger[to].get(path);
      if (seen === undefined) throw changedFailure(path);
      const record = (entry: Entry) => {
        if (change.source === undefined) ledger.restamp(path, to, entry);
        else recordAt(to, entry, path, change.hash, ledger, change.source);
      };
      try {
        const made = await sides[to].chmod(path, seen, change.mode);
        if (hasSameContent(seen, made)) {
          record(made);
        } else {
          // Someone wrote to it in the moment between the change and the look: its hash will tell.
          record(unsure(made));
          ledger.mark(path);
        }
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
  change: FileChange,
  sides: Sides,
  ledger: Ledger,
  emit: Emit,
  moved: (bytes: number) => void,
): Promise<number | undefined> {
  const loser = await prepareLoser(change, sides, emit);
  const delta = isDelta(change);
  try {
    return await send(change, sides, ledger, loser, delta, moved);
  } catch (error) {
    // Blocks were taken for equal that are not.
    if (delta && isFailure(error, 'SYNC_CONTENT_MISMATCH'))
      return send(change, sides, ledger, loser, false, moved);
    throw error;
  }
}

async function send(
  change: FileChange,
  sides: Sides,
  ledger: Ledger,
  loser: Loser | undefined,
  delta: boolean,
  moved: (bytes: number) => void,
): Promise<number | undefined> {
  const { to, path, source, target, mode, conflict } = change;
  const from: Endpoint = sides[otherSide(to)];
  ledger.trust(path);
  const meta = { mode, mtime: source.mtime, size: source.size };
  const writing = sides[to].write(path, target, meta, loser);
  const incoming = source.size > maxDataLength ? countMoved(writing, moved) : writing;
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
    overcome(loser, path, ledger);
    recordCopy(change, made, content, ledger);
    return source.size;
  } finally {
    if (!ended) incoming.abort();
  }
}

/** Enters that a file was copied: what was `made` of the content that was read. */
export function recordCopy(
  { to, path, source }: FileChange,
  made: FileEntry,
  { hash, entry }: Content,
  ledger: Ledger,
): void {
  if (isOurs(made, source)) {
    recordAt(to, made, path, hash, ledger, entry);
  } else {
    // Someone wrote to it in the moment between the rename and the look: its hash will tell.
    recordAt(to, unsure(made), path, hash, ledger, entry);
    ledger.mark(path);
  }
}

function countMoved(incoming: Patchable, moved: (bytes: number) => void): Patchable {
  return {
    data: (chunk) => {
      moved(chunk.length);
      return incoming.data(chunk);
    },
    copy: (offset, length) => {
      moved(length);
      return incoming.copy(offset, length);
    },
    commit: (hash) => incoming.commit(hash),
    abort: () => incoming.abort(),
  };
}

/** Whether what is there now still has the time it was put there with; Node sets times to about a microsecond. */
function isOurs(made: FileEntry, source: FileEntry): boolean {
  const apart = (made.mtime.s - source.mtime.s) * 1e9 + made.mtime.ns - source.mtime.ns;
  return made.size === source.size && Math.abs(apart) < 2000;
}

/** Whether the target still is what both sides had in common, and the source turned out to be that too. */
export function hasAlready(ledger: Ledger, to: Side, path: string, target: FileEntry, hash: string): boolean {
  const known = ledger.ancestor.get(path);
  if (known?.kind !== 'file' || known.hash !== hash) return false;
  return target.stamp === (to === 'local' ? known.localStamp : known.remoteStamp);
}

/** The winner is in the loser's place, but not recorded yet. */
function overcome(loser: Loser | undefined, path: string, ledger: Ledger): void {
  loser?.told();
  if (loser?.theirs) ledger.lost(path, loser.theirs);
}

/** `source` is what the other side had when this was planned or read: what it has now may be newer, and is decided about later. */
function recordAt(side: Side, made: Entry, path: string, hash: string, ledger: Ledger, source: Entry): void {
  if (side === 'local') ledger.record(path, made, source, hash);
  else ledger.record(path, source, made, hash);
}

const inTheWay = (to: Side, path: string) =>
  fileFailure(
    'SYNC_DIR_IN_THE_WAY',
    path,
    `${to === 'local' ? 'Here' : 'In the container'}: the directory ${path} cannot be replaced, it holds something that is not synced.`,
  );

/** Whether a file kept its content when its mode was changed, as far as size and time can tell. */
function hasSameContent(before: Entry, after: Entry): boolean {
  if (before.kind !== 'file' || after.kind !== 'file') return before.kind === after.kind;
  return before.size === after.size && compareTime(before.mtime, after.mtime) === 0;
}

/** The same, to be looked at again. */
const unsure = <E extends Entry>(entry: E): E => ('stamp' in entry ? { ...entry, stamp: '' } : entry);
