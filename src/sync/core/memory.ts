import type { Ancestor, Known } from './entry.js';
import type { Tombstones } from './tombstones.js';

/** The stamps a path had on both sides when it was left different; undefined: nothing was there. */
export interface Parked {
  readonly local: string | undefined;
  readonly remote: string | undefined;
}

/** Whether what is parked is different content on both sides, which people are told of. */
export const isStandoff = ({ local, remote }: Parked): boolean => local !== undefined && remote !== undefined;

/** What one session leaves to the next. */
export interface Memory {
  readonly ancestor: Ancestor;
  readonly parked: Map<string, Parked>;
  readonly tombstones: Tombstones;
}

/** The same as it comes back; the ancestor may be very large, and is only to be gone through once. */
export type Recollection = Omit<Memory, 'ancestor'> & { readonly ancestor: Iterable<[string, Known]> };
