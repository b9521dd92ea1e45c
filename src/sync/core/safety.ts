import type { Ancestor, Side } from './entry.js';
import type { Action } from './action.js';
import type { Tree } from './tree.js';

/** Why nothing more may be done before a person has looked. */
export type Danger = { danger: 'emptied'; side: Side; files: number };

/** From this many files on, a side that lost all of them at once is taken for an accident. */
export const emptiedFrom = 2;

/**
 * Looks at planned removals before any is done. A side that once had files and now has nothing but directories was emptied: by accident, by a volume that
 * is not mounted, by a wiped directory. Its emptiness is not carried over.
 */
export function findDanger(
  ancestor: Pick<Ancestor, 'values'>,
  trees: Record<Side, Tree>,
  actions: readonly Action[],
): Danger | undefined {
  for (const side of ['local', 'remote'] as const) {
    if (!actions.some((action) => action.do === 'remove' && action.to !== side)) continue;
    if (hasContent(trees[side])) continue;
    let files = 0;
    for (const known of ancestor.values()) {
      if (
        known.kind !== 'directory' &&
        (side === 'local' ? known.localStamp : known.remoteStamp) !== undefined
      )
        files++;
    }
    if (files >= emptiedFrom) return { danger: 'emptied', side, files };
  }
  return undefined;
}

function hasContent(tree: Tree): boolean {
  for (const [, entry] of tree) if (entry.kind !== 'directory') return true;
  return false;
}

/** When removals may be carried over: held back until none has come for `quietMs`, so that a wiped tree is seen as a whole. */
export const removalHold = { quietMs: 100, longestMs: 2000, smallShare: 0.25, smallCount: 20 } as const;

/** Milliseconds until held removals are due; 0: now. A steady trickle is let through after a while, a flood never before it ends. */
export function removalsDueIn(
  held: { count: number; first: number; last: number },
  known: number,
  now: number,
): number {
  const quiet = held.last + removalHold.quietMs - now;
  if (quiet <= 0) return 0;
  const small = held.count <= Math.max(removalHold.smallCount, known * removalHold.smallShare);
  return small ? Math.max(0, Math.min(quiet, held.first + removalHold.longestMs - now)) : quiet;
}
