import type { Agent } from './agent.js';
import type { Random } from './random.js';
import type { SyncProcess } from './sync-process.js';

/** Something that goes wrong while both users work. */
export interface Fault {
  name: string;
  weight: number;
  /** At most so many in a run. */
  most?: number;
  /** Not while the user of the remote side is at work. */
  alone?: boolean;
  /**
   * Resolves when it is over; what it breaks on purpose works again then. `lostRemote` is to be called when the container's file system is gone
   * and no sync works.
   */
  run(next: Random, lostRemote: () => Promise<void>): Promise<void>;
}

/** Two trees, a user at each of them, and a sync between them that can be disturbed. Disposing leaves nothing. */
export interface World extends AsyncDisposable {
  readonly sync: SyncProcess;
  readonly agent: (side: 'local' | 'remote') => Agent;
  readonly faults: readonly Fault[];
}
