import { compare, commonHash, isHidden, modeGoesTo, settle, type Syncable, unhashed } from './compare.js';
import { compareTime, type Entry, type Known, otherSide, type Side, stampIn, stampOf } from './entry.js';
import { type Decision, nothing, type View } from './view.js';

/**
 * The three-way merge of one path: ancestor, local, remote. A deletion loses to a modification. Content that differs on both sides without a
 * common ancestor is a conflict, which one side wins. A side that was never seen with the ancestor (a new container) cannot have deleted anything.
 */
export function decideTwoWay(
  view: View,
  path: string,
  local: Syncable | undefined,
  remote: Syncable | undefined,
): Decision {
  const known = view.ancestor.get(path);
  if (local === undefined) return remote ? decideOne(view, path, 'remote', remote, known) : nothing;
  if (remote === undefined) return decideOne(view, path, 'local', local, known);
  return decideBoth(view, path, local, remote, known);
}

/** The path is only on `side`. */
function decideOne(view: View, path: string, side: Side, entry: Entry, known: Known | undefined): Decision {
  const other = otherSide(side);
  if (isHidden(view[other], path)) return nothing;
  if (known === undefined || stampIn(known, other) === undefined)
    return { do: 'copy', to: other, conflict: false };
  const state = compare(view, path, side, entry, known);
  if (state === 'unsure') return { do: 'hash', sides: [side] };
  if (state === 'same') return { do: 'remove', from: side, conflict: false };
  if (side === 'remote' && view.switchedHere(path)) return { do: 'remove', from: 'remote', conflict: true };
  return { do: 'copy', to: other, conflict: false };
}

function decideBoth(
  view: View,
  path: string,
  local: Entry,
  remote: Entry,
  known: Known | undefined,
): Decision {
  const winner = () => winnerOf(view, path, local, remote);
  const hash = commonHash(view, path, local, remote, known);
  if (hash !== undefined) {
    const to = modeGoesTo(view, local, remote, known, () => otherSide(winner()));
    return settle(local, remote, hash, to);
  }
  const localState = compare(view, path, 'local', local, known);
  const remoteState = compare(view, path, 'remote', remote, known);
  const seenLocal = known?.localStamp !== undefined;
  const seenRemote = known?.remoteStamp !== undefined;

  // Only one side may have changed: the transfer itself finds out whether it did.
  if (view.policy.initial !== 'disabled') {
    if (localState === 'same' && remoteState === 'unsure' && seenRemote)
      return { do: 'copy', to: 'local', conflict: false };
    if (remoteState === 'same' && localState === 'unsure' && seenLocal)
      return { do: 'copy', to: 'remote', conflict: false };
  }

  const unsure = new Set(unhashed(view, path, local, remote, known));
  if (localState === 'unsure') unsure.add('local');
  if (remoteState === 'unsure') unsure.add('remote');
  if (unsure.size > 0) return { do: 'hash', sides: [...unsure] };

  if (localState === 'same' && seenRemote) return { do: 'copy', to: 'local', conflict: false };
  if (remoteState === 'same' && seenLocal) return { do: 'copy', to: 'remote', conflict: false };
  if (remoteState === 'same' && localState === 'new') return { do: 'copy', to: 'remote', conflict: false };
  return { do: 'copy', to: otherSide(winner()), conflict: true };
}

/**
 * Of two contents that were left different, the one that changed since wins. Else what git put here, the mode's side, a directory over anything else, the newer file,
 * the local side.
 */
function winnerOf(view: View, path: string, local: Entry, remote: Entry): Side {
  const parked = view.parked.get(path);
  if (parked) {
    const changedHere = parked.local !== stampOf(local);
    if (changedHere !== (parked.remote !== stampOf(remote))) return changedHere ? 'local' : 'remote';
  }
  if (view.switchedHere(path)) return 'local';
  const { initial } = view.policy;
  if (initial === 'preferLocal') return 'local';
  if (initial === 'preferRemote') return 'remote';
  if (local.kind === 'directory') return 'local';
  if (remote.kind === 'directory') return 'remote';
  if (local.kind === 'file' && remote.kind === 'file' && compareTime(remote.mtime, local.mtime) > 0)
    return 'remote';
  return 'local';
}
