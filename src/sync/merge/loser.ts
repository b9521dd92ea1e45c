import type { Emit } from '../../report/events.js';
import { type Entry, otherSide, type Side } from '../core/entry.js';
import type { Keeping } from '../endpoint.js';
import type { Tombstone } from '../core/tombstones.js';
import type { Sides } from './sides.js';

/** The losing content of a conflict, or what may turn out to be one at the last moment. */
export interface Loser extends Keeping {
  /** The winner is in its place: says where the loser is. */
  told(): void;
  /** What the container had and lost. */
  readonly theirs: Tombstone | undefined;
}

/** Sees to it that the losing content of a conflict is kept in the local trash: fetches the container's now; the local side moves its own, also what was
 * written when it was about to be replaced. */
export async function prepareLoser(
  change: { to: Side; path: string; target: Entry | undefined; conflict: boolean },
  sides: Sides,
  emit: Emit,
): Promise<Loser | undefined> {
  const { to, path, target, conflict } = change;
  if (target === undefined || (!conflict && to === 'remote')) return undefined;
  const fetched = to === 'remote' ? await fetchLoser(path, target, sides) : undefined;
  let savedAs = fetched?.savedAs;
  const take = (place: string) => {
    savedAs = place;
  };
  return {
    kept: conflict ? take : undefined,
    late: take,
    theirs: fetched?.was,
    told: () => {
      if (savedAs !== undefined) emit({ type: 'sync-conflict', path, kept: otherSide(to), savedAs });
    },
  };
}

async function fetchLoser(
  path: string,
  target: Entry,
  { local, remote }: Sides,
): Promise<{ savedAs: string; was: Tombstone } | undefined> {
  if (target.kind === 'symlink') {
    const was = { kind: 'symlink', size: 0, hash: '', target: target.target } as const;
    return { savedAs: local.linkInTrash(path, target.target), was };
  }
  if (target.kind !== 'file') return undefined;
  const incoming = local.writeToTrash(path, target);
  let ended = false;
  let hash = '';
  try {
    const content = await remote.read(path, target, incoming);
    ended = true;
    ({ hash } = content);
    await incoming.commit(hash);
  } finally {
    if (!ended) incoming.abort();
  }
  return { savedAs: incoming.savedAs(), was: { kind: 'file', size: target.size, hash, target: '' } };
}
