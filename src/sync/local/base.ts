import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';

import type { Entry } from '../core/entry.js';
import { changedFailure, localFailure } from '../file-failure.js';
import type { Range } from '../wire/messages.js';
import { entryOf } from './observe.js';
import { readLater } from './read.js';

const passBytes = 1024 * 1024;

/**
 * Hands on a part of the file that is to be replaced, in pieces. Throws SYNC_FILE_CHANGED when that is not the one that was seen; whether it
 * still is at the end, putting the result in place will tell.
 */
export async function copyFrom(
  place: { readonly root: string },
  path: string,
  seen: Entry | undefined,
  { offset, length }: Range,
  take: (chunk: Buffer) => void,
): Promise<void> {
  let fd: number | undefined;
  /** The next piece is read while one is taken. */
  let reading: Promise<{ bytesRead: number }> | undefined;
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    fd = openSync(join(place.root, path), O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    const now = entryOf(fstatSync(fd, { bigint: true }), () => '');
    if (now.kind !== 'file' || seen?.kind !== 'file' || now.stamp !== seen.stamp) throw changedFailure(path);
    const pass = Math.min(length, passBytes);
    let [buffer, spare] = [Buffer.allocUnsafe(pass), Buffer.allocUnsafe(pass)];
    const from = fd;
    const read = (to: Buffer, done: number) =>
      readLater(from, to, 0, Math.min(pass, length - done), offset + done);
    reading = read(buffer, 0);
    for (let done = 0; done < length;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) throw changedFailure(path);
      done += bytesRead;
      if (done < length) reading = read(spare, done);
      take(buffer.subarray(0, bytesRead));
      [buffer, spare] = [spare, buffer];
    }
  } catch (error) {
    throw localFailure(error, path);
  } finally {
    await reading?.catch(() => {});
    if (fd !== undefined) closeSync(fd);
  }
}
