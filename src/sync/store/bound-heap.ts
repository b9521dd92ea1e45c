import { setFlagsFromString } from 'node:v8';

/** From so many entries on, memory is dearer than time. */
const many = 200_000;

/**
 * Keeps the heap near what is in use when there is very much to sync: V8 would let it grow to several times that before it collects. Costs about a
 * fifth more time. For the rest of the process, since nothing less can be told.
 */
export function boundHeap(entries: number): void {
  if (entries >= many) setFlagsFromString('--heap-growing-percent=20');
}
