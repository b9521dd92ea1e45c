import { hash as hashOnce } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';

import { stampOf } from './observe.js';
import { openToRead, youngFor } from './read.js';

/**
 * Reads a small file that has this stamp and size right into a buffer, without a pause between; gives its hex SHA-256. Undefined when it cannot be read in
 * this way: it changed, is still young, or is not to be had. `readLocal` waits or says what is wrong then.
 */
export function readNow(
  absolute: string,
  { size, stamp }: { size: number; stamp: string },
  into: Buffer,
  at: number,
): string | undefined {
  let fd: number;
  try {
    fd = openToRead(absolute);
  } catch {
    return undefined;
  }
  try {
    const before = fstatSync(fd, { bigint: true });
    if (!before.isFile() || stampOf(before) !== stamp || youngFor(before) > 0) return undefined;
    for (let have = 0; have < size;) {
      const count = readSync(fd, into, at + have, size - have, have);
      if (count === 0) return undefined;
      have += count;
    }
    const after = fstatSync(fd, { bigint: true });
    // What else makes the stamp cannot change without the time of change.
    const isSame =
      after.ctimeNs === before.ctimeNs && after.mtimeNs === before.mtimeNs && after.size === before.size;
    return !isSame ? undefined : hashOnce('sha256', into.subarray(at, at + size), 'hex');
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
