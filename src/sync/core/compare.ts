import { type Entry, type FileEntry, type Known, modeIn, type Side, stampIn } from './entry.js';
import { isPortableTarget, parentsOf } from './path.js';
import type { Tombstone } from './tombstones.js';
import type { Tree } from './tree.js';
import type { Decision, View } from './view.js';

/** The bits that travel; setuid, setgid and sticky do not. */
export const modeMask = 0o777;

/** What sync can carry. */
export type Syncable = Exclude<Entry, { kind: 'other' | 'unreadable' }>;

/** Whether sync can carry such an entry at all; the rest is reported and left alone. */
export function isSyncable(path: string, entry: Entry): entry is Syncable {
  if (entry.kind === 'other' || entry.kind === 'unreadable') return false;
  return entry.kind !== 'symlink' || isPortableTarget(path, entry.target);
}

type State = 'same' | 'new' | 'unsure';

/**
 * Whether a side still has what the ancestor says: by stamp, then kind and size, then hash. Without an ancestor everything is new. What a new container
 * brings is as before, too, when it is what the path had earlier: its image is older than what was done since.
 */
export function compare(view: View, path: string, side: Side, entry: Entry, known: Known | undefined): State {
  if (known === undefined) return 'new';
  const state = compareContent(view, path, side, entry, known, stampIn(known, side));
  const isBrought = side === 'remote' && known.remoteStamp === undefined && known.localStamp !== undefined;
  if (state !== 'new' || !isBrought) return state;
  const states = view.tombstones.of(path).map((stone) => compareContent(view, path, side, entry, stone));
  return states.find((one) => one === 'same') ?? states.find((one) => one === 'unsure') ?? 'new';
}

function compareContent(
  view: View,
  path: string,
  side: Side,
  entry: Entry,
  known: Tombstone,
  stamp?: string,
): State {
  if (entry.kind !== known.kind) return 'new';
  if (entry.kind === 'directory') return 'same';
  if (entry.kind === 'symlink') return entry.target === known.target ? 'same' : 'new';
  if (entry.kind !== 'file') return 'new';
  if (entry.stamp === stamp) return 'same';
  if (entry.size !== known.size) return 'new';
  const hash = view.hashOf(side, path, entry.stamp);
  if (hash === undefined) return 'unsure';
  return hash === known.hash ? 'same' : 'new';
}

/** The hash both sides have at the path ('' for what has none); undefined when they differ or that is not known yet. */
export function commonHash(
  view: View,
  path: string,
  local: Entry,
  remote: Entry,
  known: Known | undefined,
): string | undefined {
  if (local.kind === 'directory' && remote.kind === 'directory') return '';
  if (local.kind === 'symlink' && remote.kind === 'symlink')
    return local.target === remote.target ? '' : undefined;
  if (local.kind !== 'file' || remote.kind !== 'file' || local.size !== remote.size) return undefined;
  const hash = hashIn(view, path, 'local', local, known);
  return hash !== undefined && hash === hashIn(view, path, 'remote', remote, known) ? hash : undefined;
}

/** Sides whose hash is needed to tell whether two files are equal. */
export function unhashed(
  view: View,
  path: string,
  local: Entry,
  remote: Entry,
  known: Known | undefined,
): Side[] {
  if (local.kind !== 'file' || remote.kind !== 'file' || local.size !== remote.size) return [];
  const sides: Side[] = [];
  if (hashIn(view, path, 'local', local, known) === undefined) sides.push('local');
  if (hashIn(view, path, 'remote', remote, known) === undefined) sides.push('remote');
  return sides;
}

function hashIn(view: View, path: string, side: Side, entry: FileEntry, known: Known | undefined) {
  if (known?.kind === 'file' && entry.stamp === stampIn(known, side)) return known.hash;
  return view.hashOf(side, path, entry.stamp);
}

/** The decision about equal sides; `to`: the side to take over the other's mode, where they differ. */
export function settle(local: Entry, remote: Entry, hash: string, to: Side | undefined): Decision {
  if (to === undefined || !('mode' in local) || !('mode' in remote)) return { do: 'settle', hash };
  return { do: 'settle', hash, chmod: { to, mode: (to === 'local' ? remote : local).mode & modeMask } };
}

/**
 * Which side must take over the other's mode. Each side is compared with its own earlier mode, so file systems and umasks may differ. Without a
 * common past only executability counts, and the `loser` takes it over.
 */
export function modeGoesTo(
  view: View,
  local: Entry,
  remote: Entry,
  known: Known | undefined,
  loser: () => Side,
): Side | undefined {
  if (view.modeless || !('mode' in local) || !('mode' in remote)) return undefined;
  const differ = (local.mode ^ remote.mode) & modeMask;
  if (differ === 0) return undefined;
  if (known !== undefined && known.localStamp !== undefined && known.remoteStamp !== undefined) {
    if (((local.mode ^ modeIn(known, 'local')) & modeMask) !== 0) return 'remote';
    return ((remote.mode ^ modeIn(known, 'remote')) & modeMask) !== 0 ? 'local' : undefined;
  }
  return local.kind === 'file' && remote.kind === 'file' && (differ & 0o111) !== 0 ? loser() : undefined;
}

/** True when the nearest thing above the path is one sync cannot look into, so that absence says nothing. */
export function isHidden(tree: Tree, path: string): boolean {
  for (const parent of parentsOf(path)) {
    const kind = tree.kindOf(parent);
    if (kind === 'directory' || kind === 'file') return false;
    const entry = tree.get(parent);
    if (entry) return !isSyncable(parent, entry);
  }
  return false;
}
