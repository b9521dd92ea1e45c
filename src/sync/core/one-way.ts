import { compare, commonHash, isHidden, modeGoesTo, settle, type Syncable, unhashed } from './compare.js';
import { type Entry, type Known, otherSide, type Side, stampIn } from './entry.js';
import { mirrored } from './policy.js';
import { type Decision, nothing, type View } from './view.js';

/**
 * The merge of one path where nothing may be changed on the side `from`: the other one receives what changed since both were equal, and keeps what
 * it changed itself until the sender changes that too; then the sender wins. A mirror mode overrules that: whatever differs is made equal. Content
 * the receiver had changed goes to the trash; under a mirror mode not what only a container's image brought.
 */
export function decideOneWay(
  view: View,
  path: string,
  from: Side,
  source: Syncable | undefined,
  target: Syncable | undefined,
): Decision {
  const known = view.ancestor.get(path);
  if (source === undefined) return target ? withoutSource(view, path, from, target, known) : nothing;
  if (target === undefined) return withoutTarget(view, path, from, source, known);
  return withBoth(view, path, from, source, target, known);
}

/** Only the receiver has it. */
function withoutSource(
  view: View,
  path: string,
  from: Side,
  target: Entry,
  known: Known | undefined,
): Decision {
  const to = otherSide(from);
  if (isHidden(view[from], path)) return nothing;
  const isMirror = mirrored(view.policy) !== undefined;
  if (!isMirror && (known === undefined || stampIn(known, from) === undefined)) return nothing;
  const seen = known !== undefined && stampIn(known, to) !== undefined;
  const state = compare(view, path, to, target, known);
  if (state === 'unsure' && (seen || !isMirror)) return { do: 'hash', sides: [to] };
  if (!isMirror && !seen && state !== 'same') return nothing;
  return { do: 'remove', from: to, conflict: seen && state === 'new' };
}

/** Only the sender has it. */
function withoutTarget(
  view: View,
  path: string,
  from: Side,
  source: Entry,
  known: Known | undefined,
): Decision {
  const to = otherSide(from);
  if (isHidden(view[to], path)) return nothing;
  const copy: Decision = { do: 'copy', to, conflict: false };
  if (mirrored(view.policy) !== undefined || known === undefined || stampIn(known, to) === undefined)
    return copy;
  // The receiver removed it: it stays so until the sender changes it.
  const state = compare(view, path, from, source, known);
  if (state === 'unsure') return { do: 'hash', sides: [from] };
  return state === 'same' ? nothing : copy;
}

function withBoth(
  view: View,
  path: string,
  from: Side,
  source: Entry,
  target: Entry,
  known: Known | undefined,
): Decision {
  const to = otherSide(from);
  const isMirror = mirrored(view.policy) !== undefined;
  const [local, remote] = from === 'local' ? [source, target] : [target, source];
  const hash = commonHash(view, path, local, remote, known);
  if (hash !== undefined) {
    const goesTo = modeGoesTo(view, local, remote, known, () => to);
    return settle(local, remote, hash, isMirror ? goesTo && to : goesTo === to ? to : undefined);
  }
  const seen = known !== undefined && stampIn(known, to) !== undefined;
  if (!isMirror && seen && stampIn(known, from) !== undefined) {
    const state = compare(view, path, from, source, known);
    if (state === 'same') return nothing;
    if (state === 'unsure') return { do: 'hash', sides: [from] };
  }
  const unsure = new Set(unhashed(view, path, local, remote, known));
  const state = compare(view, path, to, target, known);
  const isWorthless = isMirror && to === 'remote' && !seen;
  if (state === 'unsure' && !isWorthless) unsure.add(to);
  if (unsure.size > 0) return { do: 'hash', sides: [...unsure] };
  return { do: 'copy', to, conflict: !isWorthless && state !== 'same' };
}
