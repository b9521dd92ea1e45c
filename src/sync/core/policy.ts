import type { Side } from './entry.js';
import type { InitialSync } from './initial.js';

/** What a session may do and how it decides where the ancestor does not. */
export interface Policy {
  /** `up`: nothing is changed here; `down`: nothing is changed in the container. */
  readonly direction: 'both' | 'up' | 'down';
  /** Set while the first merge runs, when the caller asked for a mode; afterwards every merge is as with `preferNewest`. */
  readonly initial: InitialSync | undefined;
  /** Set while the first merge runs: what only the container has and was never here stays there until it changes. */
  readonly leaveRemoteOnly?: boolean | undefined;
}

/** The side a mirror mode makes the other one equal to; a direction that forbids that rules the mode out. */
export function mirrored({ direction, initial }: Policy): Side | undefined {
  if (initial === 'mirrorLocal' && direction !== 'down') return 'local';
  return initial === 'mirrorRemote' && direction !== 'up' ? 'remote' : undefined;
}

/** The side nothing is changed on, in no way; undefined: both may be changed. */
export function fixedSide(policy: Policy): Side | undefined {
  const mirror = mirrored(policy);
  if (mirror !== undefined) return mirror;
  if (policy.direction === 'both') return undefined;
  return policy.direction === 'up' ? 'local' : 'remote';
}
