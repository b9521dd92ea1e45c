import { isSyncable } from '../core/compare.js';
import { decide } from '../core/decide.js';
import type { Entry, Side } from '../core/entry.js';
import { isGitCode } from '../core/git-code.js';
import { parentOf } from '../core/path.js';
import type { View } from '../core/view.js';

/** Why a path is left alone, to follow it in a sentence: of one path, and of many of its kind. */
export interface Skipped {
  readonly alone: string;
  readonly many: string;
}

/** Why what a side has at a path is left alone; undefined: it is not. */
export function whySkipped(view: View, side: Side, path: string): Skipped | undefined {
  const kind = view[side].kindOf(path);
  if (kind === undefined) return undefined;
  const entry = kind === 'file' || kind === 'directory' ? undefined : view[side].get(path);
  if (entry && !isSyncable(path, entry)) return reasonOf(entry);
  if (side === 'local') return undefined;
  if (isGitCode(path, kind === 'directory')) {
    const decision = decide(view, path);
    if (decision.do !== 'copy' || decision.to !== 'local') return undefined;
    return {
      alone: 'git here would run what it says, so it is not taken from a container',
      many: 'git here would run what they say, so they are not taken from a container',
    };
  }
  if (view.local.kindOf(path)) return undefined;
  const why = view.unreachable(path);
  // Said of the topmost, and not of what is only on its way out.
  if (why === undefined || why === '' || view.unreachable(parentOf(path)) !== undefined) return undefined;
  if (decide(view, path).do !== 'nothing') return undefined;
  return { alone: why, many: 'such names cannot be here' };
}

/** Why sync cannot carry such an entry. */
export function reasonOf(entry: Entry): Skipped {
  switch (entry.kind) {
    case 'unreadable':
      return { alone: entry.reason, many: entry.reason };
    case 'other':
      return { alone: `it is a ${entry.what}`, many: 'they are FIFOs, sockets or devices' };
    case 'symlink':
      return {
        alone: `it links to ${entry.target}, which is outside the synced folder or not relative`,
        many: 'they link to something outside the synced folder or not relative',
      };
    default:
      return { alone: 'it cannot be synced', many: 'they cannot be synced' };
  }
}
