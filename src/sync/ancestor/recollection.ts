import type { Parked } from '../core/memory.js';
import type { Tombstones } from '../core/tombstones.js';
import type { KnownTable } from '../store/known-table.js';

/** What one session leaves to the next. */
export interface Memory {
  readonly ancestor: KnownTable;
  readonly parked: Map<string, Parked>;
  readonly tombstones: Tombstones;
}

/** The same as it comes back. */
export type Recollection = Omit<Memory, 'ancestor'> & {
  /** May be very large: it goes from the file's bytes right into the table. */
  readonly ancestor: { into(table: KnownTable): void };
};
