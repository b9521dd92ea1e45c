import type { Ancestor, Side } from './entry.js';
import type { Rules } from './ignore.js';
import type { Parked } from './memory.js';
import type { Policy } from './policy.js';
import type { Tombstones } from './tombstones.js';
import type { Tree } from './tree.js';

/** Everything a merge is decided from. Nothing here is changed by deciding. */
export interface View {
  readonly ancestor: Readonly<Pick<Ancestor, 'get'>>;
  readonly local: Tree;
  readonly remote: Tree;
  readonly rules: Rules;
  readonly policy: Policy;
  /** What is left different on purpose, and with which stamps it was so. */
  readonly parked: Readonly<Pick<Map<string, Parked>, 'get'>>;
  /** What paths had before. */
  readonly tombstones: Pick<Tombstones, 'of'>;
  /** The hash of the content that has this stamp, when it was computed. */
  hashOf(side: Side, path: string, stamp: string): string | undefined;
  /** Why what only the container has cannot be here (core/namesakes.ts); undefined: it can. */
  unreachable(path: string): string | undefined;
  /** Git changed it here, together with much else: the local side wins, deletions included. */
  switchedHere(path: string): boolean;
  /** The local file system keeps no mode bits: those of the container stand. */
  readonly modeless: boolean;
}

/** What is to be done about one path, seen by itself. */
export type Decision =
  | { do: 'nothing' }
  /** Gone on both sides. */
  | { do: 'forget' }
  /** Different, and to stay so until one side changes. `conflict`: both have content, so that people must be told. */
  | { do: 'park'; conflict: boolean }
  /** Equal on both sides: remember it, after giving one side the other's mode. */
  | { do: 'settle'; hash: string; chmod?: { to: Side; mode: number } }
  /** Only hashes can tell. */
  | { do: 'hash'; sides: Side[] }
  /** `conflict`: what goes was changed since both had it in common, and must be kept in the trash. */
  | { do: 'remove'; from: Side; conflict: boolean }
  /** `conflict`: what is there now was changed too and must be kept in the trash. */
  | { do: 'copy'; to: Side; conflict: boolean };

export const nothing: Decision = { do: 'nothing' };
