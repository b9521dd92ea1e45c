import { compare, isSyncable } from '../core/compare.js';
import { decide } from '../core/decide.js';
import { type Entry, type Side, stampIn } from '../core/entry.js';
import type { Decision, View } from '../core/view.js';

/**
 * What decides about a path now, in one sentence, after its hashes were computed. Without a look into the container (`seesContainer` false) only what
 * happened here since the last sync can be said. Exclude patterns are not looked at.
 */
export function explain(view: View, path: string, seesContainer: boolean): string {
  const local = view.local.get(path);
  const remote = view.remote.get(path);
  const known = view.ancestor.get(path);
  for (const [side, entry] of [['local', local] as const, ['remote', remote] as const]) {
    if (entry && !isSyncable(path, entry)) return `is not synced: ${unsyncable(entry)} ${where[side]}`;
  }
  if (!seesContainer) return explainHere(view, path, local);
  if (local === undefined && remote === undefined)
    return known ? 'is gone on both sides' : 'is on neither side, and was not when they were last synced';
  const unreachable = view.unreachable(path);
  if (local === undefined && unreachable !== undefined) return `stays in the container: ${unreachable}`;
  const decision = decide(view, path);
  const to = decision.do === 'copy' ? decision.to : decision.do === 'settle' ? decision.chmod?.to : undefined;
  const blocked = (side: Side) => view.rules.blocked(side, path, (local ?? remote)?.kind === 'directory');
  if (to !== undefined && blocked(to)) return `differs, and stays so: it is excluded from being ${verb[to]}`;
  return consequence(decision, local, remote);
}

function explainHere(view: View, path: string, local: Entry | undefined): string {
  const known = view.ancestor.get(path);
  if (local === undefined)
    return known
      ? 'was deleted here since the last sync'
      : 'is not here, and was not when it was last synced';
  if (known === undefined || stampIn(known, 'local') === undefined)
    return 'is here and was never synced with this container';
  const state = isSyncable(path, local) ? compare(view, path, 'local', local, known) : 'new';
  return state === 'same' ? 'is as it was when it was last synced' : 'was changed here since the last sync';
}

function consequence(decision: Decision, local: Entry | undefined, remote: Entry | undefined): string {
  switch (decision.do) {
    case 'nothing':
      return local !== undefined && remote !== undefined
        ? 'is left as it is on both sides'
        : 'is left alone, where only one side has it';
    case 'forget':
      return 'is gone on both sides';
    case 'park':
      return 'is different on purpose, until one side changes';
    case 'hash':
      return 'changes while it is looked at, so nothing can be said';
    case 'settle':
      if (decision.chmod === undefined) return 'is the same on both sides';
      return `has the same content on both sides; the next merge gives the mode of the one ${where[other[decision.chmod.to]]} to the other`;
    case 'remove':
      return `was deleted ${where[other[decision.from]]}; the next merge deletes it ${where[decision.from]}`;
    case 'copy':
      return copied(decision, local, remote);
    default:
      return decision satisfies never;
  }
}

function copied(
  { conflict, to }: Extract<Decision, { do: 'copy' }>,
  local: Entry | undefined,
  remote: Entry | undefined,
): string {
  const from = other[to];
  if (conflict)
    return `is a conflict: the one ${where[from]} wins at the next merge, the one ${where[to]} is kept in the trash`;
  const [source, target] = from === 'local' ? [local, remote] : [remote, local];
  const what = target === undefined ? 'is only' : 'was changed';
  const does = source?.kind === 'directory' ? `makes it ${where[to]}` : `copies it ${into[to]}`;
  return `${what} ${where[from]}; the next merge ${does}`;
}

const where: Record<Side, string> = { local: 'here', remote: 'in the container' };
const into: Record<Side, string> = { local: 'here', remote: 'into the container' };
const other: Record<Side, Side> = { local: 'remote', remote: 'local' };
const verb: Record<Side, string> = { local: 'downloaded', remote: 'uploaded' };

function unsyncable(entry: Entry): string {
  if (entry.kind === 'unreadable') return `it cannot be read (${entry.reason})`;
  if (entry.kind === 'other') return `it is a ${entry.what}`;
  return `it links to ${entry.kind === 'symlink' ? entry.target : 'what'}, outside the synced folder or not relative,`;
}
