import { depthOf } from './path.js';
import type { Action } from './action.js';

const phase = {
  forget: 0,
  park: 0,
  record: 0,
  hash: 0,
  obstructed: 0,
  remove: 1,
  mkdir: 2,
  symlink: 2,
  file: 2,
  chmod: 3,
} as const;

/**
 * Sorts actions so that each can be done when its turn comes: what has no effect on files, then removals from the deepest up, then creations from
 * the top down (directories first, small files before large ones), then modes.
 */
export function order(actions: readonly Action[]): Action[] {
  const keyed = actions.map((action) => ({ action, key: keyOf(action) }));
  keyed.sort((a, b) => a.key - b.key);
  return keyed.map(({ action }) => action);
}

/** Phase, then depth, then size: one number, so that sorting many stays cheap. A depth is below 4,096 (path length), a size below 2^26 here. */
function keyOf(action: Action): number {
  const depth = depthOf(action.path);
  switch (phase[action.do]) {
    case 0:
      return 0;
    case 1:
      return rank(1, 4096 - depth, 0);
    case 2:
      return rank(2, depth, action.do === 'file' ? Math.ceil(action.source.size / 1024) + 1 : 0);
    default:
      return rank(3, 4096 - depth, 0);
  }
}

const rank = (phase: number, depth: number, size: number): number =>
  (phase * 8192 + depth) * 2 ** 30 + Math.min(size, 2 ** 30 - 1);
