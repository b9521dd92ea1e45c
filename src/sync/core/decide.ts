import {
  type Ancestor,
  compareTime,
  type Entry,
  type FileEntry,
  type Known,
  modeIn,
  otherSide,
  type Side,
  stampIn,
} from './entry.js';
import type { Rules } from './ignore.js';
import { isPortableTarget, parentsOf } from './path.js';
import type { Tree } from './tree.js';

/** Everything a merge is decided from. Nothing here is changed by deciding. */
export interface View {
  readonly ancestor: Readonly<Pick<Ancestor, 'get'>>;
  readonly local: Tree;
  readonly remote: Tree;
  readonly rules: Rules;
  /** The hash of the content that has this stamp, when it was computed. */
  hashOf(side: Side, path: string, stamp: string): string | undefined;
  /** True for what only the container has and the user wants left there. */
  leftAlone(path: string, entry: Entry): boolean;
  /** Why what only the container has cannot be here (core/namesakes.ts); undefined: it can. */
  unreachable(path: string): string | undefined;
  /** The local file system keeps no mode bits: those of the container stand. */
  readonly modeless: boolean;
}

/** What is to be done about one path, seen by itself. */
export type Decision =
  | { do: 'nothing' }
  /** Gone on both sides. */
  | { do: 'forget' }
  /** Equal on both sides: remember it, after giving one side the other's mode. */
  | { do: 'settle'; hash: string; chmod?: { to: Side; mode: number } }
  /** Only hashes can tell. */
  | { do: 'hash'; sides: Side[] }
  | { do: 'remove'; from: Side }
  /** `conflict`: what is there now was changed too and must be kept in the trash. */
  | { do: 'copy'; to: Side; conflict: boolean };

/** Up to this size, sending a file is as cheap as asking for its hash first. */
export const inlineSize = 64 * 1024;
/** The bits that travel; setuid, setgid and sticky do not. */
export const modeMask = 0o777;

const nothing: Decision = { do: 'nothing' };

/** Whether sync can carry such an entry at all; the rest is reported and left alone. */
export function isSyncable(
  path: string,
  entry: Entry,
): entry is Exclude<Entry, { kind: 'other' | 'unreadable' }> {
  if (entry.kind === 'other' || entry.kind === 'unreadable') return false;
  return entry.kind !== 'symlink' || isPortableTarget(path, entry.target);
}

/**
 * The three-way merge of one path: ancestor, local, remote. A deletion loses to a modification. Content that differs on both sides without a
 * common ancestor is a conflict: the newer file wins, a directory wins over anything else, else the local side. A side that was never seen with
 * the ancestor (a new container) cannot have deleted anything.
 */
export function decide(view: View, path: string): Decision {
  const local = view.local.get(path);
  const remote = view.remote.get(path);
  const known = view.ancestor.get(path);
  if (local === undefined && remote === undefined) return known ? { do: 'forget' } : nothing;
  if (local !== undefined && !isSyncable(path, local)) return nothing;
  if (remote !== undefined && !isSyncable(path, remote)) return nothing;
  if (local !== undefined && remote !== undefined) return decideBoth(view, path, local, remote, known);
  return local === undefined
    ? decideOne(view, path, 'remote', remote as Entry, known)
    : decideOne(view, path, 'local', local, known);
}

/** The path is only on `side`. */
function decideOne(view: View, path: string, side: Side, entry: Entry, known: Known | undefined): Decision {
  const other = otherSide(side);
  if (isHidden(view[other], path)) return nothing;
  if (known === undefined || stampIn(known, other) === undefined) {
    if (side === 'remote' && (view.leftAlone(path, entry) || view.unreachable(path) !== undefined))
      return nothing;
    return { do: 'copy', to: other, conflict: false };
  }
  const state = compare(view, path, side, entry, known);
  if (state === 'unsure') return { do: 'hash', sides: [side] };
  if (state === 'same') return { do: 'remove', from: side };
  if (side === 'remote' && (view.leftAlone(path, entry) || view.unreachable(path) !== undefined))
    return nothing;
  return { do: 'copy', to: other, conflict: false };
}

function decideBoth(
  view: View,
  path: string,
  local: Entry,
  remote: Entry,
  known: Known | undefined,
): Decision {
  if (local.kind === remote.kind) {
    if (local.kind === 'directory') return settle(view, local, remote, known, '');
    if (local.kind === 'symlink' && remote.kind === 'symlink' && local.target === remote.target)
      return settle(view, local, remote, known, '');
    if (local.kind === 'file' && remote.kind === 'file' && local.size === remote.size) {
      const hash = hashIn(view, path, 'local', local, known);
      if (hash !== undefined && hash === hashIn(view, path, 'remote', remote, known))
        return settle(view, local, remote, known, hash);
    }
  }
  const localState = known ? compare(view, path, 'local', local, known) : 'new';
  const remoteState = known ? compare(view, path, 'remote', remote, known) : 'new';
  const seenLocal = known?.localStamp !== undefined;
  const seenRemote = known?.remoteStamp !== undefined;

  // Only one side may have changed, and little: the transfer itself finds out whether it did.
  if (localState === 'same' && remoteState === 'unsure' && seenRemote && sizeOf(remote) <= inlineSize)
    return { do: 'copy', to: 'local', conflict: false };
  if (remoteState === 'same' && localState === 'unsure' && seenLocal && sizeOf(local) <= inlineSize)
    return { do: 'copy', to: 'remote', conflict: false };

  const unsure: Side[] = [];
  const undecided = (side: Side, entry: Entry) =>
    local.kind === 'file' &&
    remote.kind === 'file' &&
    local.size === remote.size &&
    hashIn(view, path, side, entry as FileEntry, known) === undefined;
  if (localState === 'unsure' || undecided('local', local)) unsure.push('local');
  if (remoteState === 'unsure' || undecided('remote', remote)) unsure.push('remote');
  if (unsure.length > 0) return { do: 'hash', sides: unsure };

  if (localState === 'same' && seenRemote) return { do: 'copy', to: 'local', conflict: false };
  if (remoteState === 'same' && seenLocal) return { do: 'copy', to: 'remote', conflict: false };
  if (remoteState === 'same' && localState === 'new') return { do: 'copy', to: 'remote', conflict: false };
  return { do: 'copy', to: otherSide(winner(local, remote)), conflict: true };
}

/** Whether a side still has what the ancestor says: by stamp, then kind and size, then hash. */
function compare(
  view: View,
  path: string,
  side: Side,
  entry: Entry,
  known: Known,
): 'same' | 'new' | 'unsure' {
  if (entry.kind !== known.kind) return 'new';
  if (entry.kind === 'directory') return 'same';
  if (entry.kind === 'symlink') return entry.target === known.target ? 'same' : 'new';
  if (entry.kind !== 'file') return 'new';
  if (entry.stamp === stampIn(known, side)) return 'same';
  if (entry.size !== known.size) return 'new';
  const hash = view.hashOf(side, path, entry.stamp);
  if (hash === undefined) return 'unsure';
  return hash === known.hash ? 'same' : 'new';
}

function hashIn(view: View, path: string, side: Side, entry: FileEntry, known: Known | undefined) {
  if (known?.kind === 'file' && entry.stamp === stampIn(known, side)) return known.hash;
  return view.hashOf(side, path, entry.stamp);
}

function settle(view: View, local: Entry, remote: Entry, known: Known | undefined, hash: string): Decision {
  if (view.modeless || !('mode' in local) || !('mode' in remote)) return { do: 'settle', hash };
  const to = modeGoesTo(local, remote, known);
  if (to === undefined) return { do: 'settle', hash };
  return { do: 'settle', hash, chmod: { to, mode: (to === 'local' ? remote : local).mode & modeMask } };
}

type WithMode = Extract<Entry, { mode: number }>;

/**
 * Which side must take over the other's mode. Each side is compared with its own earlier mode, so file systems and umasks may differ. Without a
 * common past only executability counts.
 */
function modeGoesTo(local: WithMode, remote: WithMode, known: Known | undefined): Side | undefined {
  const differ = (local.mode ^ remote.mode) & modeMask;
  if (differ === 0) return undefined;
  if (known !== undefined && known.localStamp !== undefined && known.remoteStamp !== undefined) {
    if (((local.mode ^ modeIn(known, 'local')) & modeMask) !== 0) return 'remote';
    return ((remote.mode ^ modeIn(known, 'remote')) & modeMask) !== 0 ? 'local' : undefined;
  }
  if (local.kind !== 'file' || remote.kind !== 'file' || (differ & 0o111) === 0) return undefined;
  return otherSide(winner(local, remote));
}

function winner(local: Entry, remote: Entry): Side {
  if (local.kind === 'directory') return 'local';
  if (remote.kind === 'directory') return 'remote';
  if (local.kind === 'file' && remote.kind === 'file' && compareTime(remote.mtime, local.mtime) > 0)
    return 'remote';
  return 'local';
}

/** True when the nearest thing above the path is one sync cannot look into, so that absence says nothing. */
function isHidden(tree: Tree, path: string): boolean {
  for (const parent of parentsOf(path)) {
    const entry = tree.get(parent);
    if (entry) return !isSyncable(parent, entry);
  }
  return false;
}

const sizeOf = (entry: Entry): number => (entry.kind === 'file' ? entry.size : 0);
