import { isSyncable, type Syncable } from './compare.js';
import { stampOf } from './entry.js';
import { decideOneWay } from './one-way.js';
import { fixedSide } from './policy.js';
import { decideTwoWay } from './two-way.js';
import { type Decision, nothing, type View } from './view.js';

/** Decides about one path, seen by itself, from what both sides have, what they had in common, and what the session may do. */
export function decide(view: View, path: string): Decision {
  const local = view.local.get(path);
  const remote = view.remote.get(path);
  const parked = view.parked.get(path);
  if (local === undefined && remote === undefined)
    return parked || view.ancestor.get(path) ? { do: 'forget' } : nothing;
  if (local !== undefined && !isSyncable(path, local)) return nothing;
  if (remote !== undefined && !isSyncable(path, remote)) return nothing;
  if (parked && parked.local === stampOf(local) && parked.remote === stampOf(remote)) return nothing;
  const decision = decideFreely(view, path, local, remote);
  if (local === undefined && decision.do === 'copy' && decision.to === 'local') {
    // What only the container has: it may be impossible here, or the user wants it left there.
    if (view.unreachable(path) !== undefined) return nothing;
    const isNew = view.ancestor.get(path)?.remoteStamp === undefined;
    if (isNew && view.policy.leaveRemoteOnly === true) return { do: 'park', conflict: false };
  }
  switch (view.policy.initial) {
    case 'disabled':
      if (decision.do === 'settle') return { do: 'settle', hash: decision.hash };
      if (decision.do !== 'copy' && decision.do !== 'remove') return decision;
      return { do: 'park', conflict: local !== undefined && remote !== undefined };
    case 'keepAll':
      return 'conflict' in decision && decision.conflict ? { do: 'park', conflict: true } : decision;
    default:
      return decision;
  }
}

function decideFreely(
  view: View,
  path: string,
  local: Syncable | undefined,
  remote: Syncable | undefined,
): Decision {
  const from = fixedSide(view.policy);
  if (from === undefined) return decideTwoWay(view, path, local, remote);
  const [source, target] = from === 'local' ? [local, remote] : [remote, local];
  return decideOneWay(view, path, from, source, target);
}
