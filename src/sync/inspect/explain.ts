import { compare, isSyncable } from '../core/compare.js';
import { decide } from '../core/decide.js';
import { type Entry, type Side, stampIn, stampOf } from '../core/entry.js';
import { type InitialSync, keepsDifferences } from '../core/initial.js';
import { mirrored } from '../core/policy.js';
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
  return consequence(view, path, decision);
}

/**
 * The same of the first merge of a run with this mode, when it decides otherwise than {@link explain} says. With a container that an earlier run
 * synced with: a new one has nothing in common.
 */
export function explainStart(
  view: View,
  path: string,
  start: { initialSync: InitialSync; leaveRemoteOnly: boolean },
): string | undefined {
  const { initialSync, leaveRemoteOnly } = start;
  const { ancestor, local, modeless, parked, policy, remote, rules, tombstones } = view;
  const atStart: View = {
    ancestor,
    local,
    remote,
    rules,
    tombstones,
    modeless,
    policy: { direction: policy.direction, initial: initialSync, leaveRemoteOnly },
    parked: keepsDifferences(initialSync) ? parked : new Map(),
    hashOf: (side, at, stamp) => view.hashOf(side, at, stamp),
    unreachable: (at) => view.unreachable(at),
    switchedHere: (at) => view.switchedHere(at),
  };
  const said = explain(atStart, path, true);
  return said.replace(merges.first, merges.next) === explain(view, path, true) ? undefined : said;
}

const merges = { next: 'the next merge', first: 'the first merge' } as const;

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

function consequence(view: View, path: string, decision: Decision): string {
  const local = view.local.get(path);
  const remote = view.remote.get(path);
  const merge = view.policy.initial === undefined ? merges.next : merges.first;
  switch (decision.do) {
    case 'nothing': {
      const parked = view.parked.get(path);
      if (parked && parked.local === stampOf(local) && parked.remote === stampOf(remote))
        return 'was different when a sync started that leaves such things alone, and stays so until one side changes';
      return `${
        local !== undefined && remote !== undefined
          ? 'is left as it is on both sides'
          : 'is left alone, where only one side has it'
      }${ways[view.policy.direction]}`;
    }
    case 'forget':
      return 'is gone on both sides';
    case 'park':
      return 'is different on purpose, until one side changes';
    case 'hash':
      return 'changes while it is looked at, so nothing can be said';
    case 'settle':
      if (decision.chmod === undefined) return 'is the same on both sides';
      return `has the same content on both sides; ${merge} gives the mode of the one ${where[other[decision.chmod.to]]} to the other`;
    case 'remove':
      if (mirrored(view.policy) !== undefined)
        return `is only ${where[decision.from]}; ${merge} deletes it there, to make both sides equal`;
      return `was deleted ${where[other[decision.from]]}; ${merge} deletes it ${where[decision.from]}`;
    case 'copy':
      return copied(decision, local, remote, merge);
    default:
      return decision satisfies never;
  }
}

function copied(
  { conflict, to }: Extract<Decision, { do: 'copy' }>,
  local: Entry | undefined,
  remote: Entry | undefined,
  merge: string,
): string {
  const from = other[to];
  if (conflict)
    return `is a conflict: the one ${where[from]} wins at ${merge}, the one ${where[to]} is kept in the trash`;
  const [source, target] = from === 'local' ? [local, remote] : [remote, local];
  const what = target === undefined ? 'is only' : 'was changed';
  const does = source?.kind === 'directory' ? `makes it ${where[to]}` : `copies it ${into[to]}`;
  return `${what} ${where[from]}; ${merge} ${does}`;
}

/** Why a path with one direction may be left as it is. */
const ways = {
  both: '',
  up: ': this sync only uploads, and nothing new is here',
  down: ': this sync only downloads, and nothing new is in the container',
} as const;
const where: Record<Side, string> = { local: 'here', remote: 'in the container' };
const into: Record<Side, string> = { local: 'here', remote: 'into the container' };
const other: Record<Side, Side> = { local: 'remote', remote: 'local' };
const verb: Record<Side, string> = { local: 'downloaded', remote: 'uploaded' };

function unsyncable(entry: Entry): string {
  if (entry.kind === 'unreadable') return `it cannot be read (${entry.reason})`;
  if (entry.kind === 'other') return `it is a ${entry.what}`;
  return `it links to ${entry.kind === 'symlink' ? entry.target : 'what'}, outside the synced folder or not relative,`;
}
