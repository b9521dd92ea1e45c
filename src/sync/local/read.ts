import { createHash, hash as hashOnce } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { FileEntry } from '../core/entry.js';
import type { Content, Sink } from '../endpoint.js';
import { changedFailure, localFailure } from '../file-failure.js';
import { entryOf } from './observe.js';
import { maxDataLength } from '../wire/frame.js';

/**
 * How old a file's last change must be before it is read. File systems tick every 1 to 10 ms: a write within the tick of the one before leaves
 * the stamp as it was, so what is read earlier could change unseen.
 */
export const quietMs = 8;

export const readLater = promisify(read);

/**
 * Sends a file's content to the sink, in chunks of at most 256 KiB, small files in one. Waits until the file has been quiet. Throws
 * SYNC_FILE_CHANGED when it is not, before and after reading, the one with the stamp; a symlink is never followed.
 */
export function readLocal(absolute: string, path: string, stamp: string, sink: Sink): Promise<Content> {
  return whileQuiet(absolute, path, stamp, (fd, entry) => readOpen(fd, path, entry, sink));
}

/** Opens what is there itself: a symlink is not followed, a FIFO does not block. */
export function openToRead(absolute: string): number {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  return openSync(absolute, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
}

/** Opens a file that has this stamp for reading, once it has been quiet. Who uses it calls `checkStamp` afterwards. */
export async function whileQuiet<T>(
  absolute: string,
  path: string,
  stamp: string,
  use: (fd: number, entry: FileEntry) => Promise<T>,
): Promise<T> {
  let fd: number;
  try {
    fd = openToRead(absolute);
  } catch (error) {
    throw localFailure(error, path);
  }
  try {
    let { entry, young } = checkStamp(fd, path, stamp);
    // A timer may fire early; a clock that is behind would make this last, hence the bound.
    for (let waits = 0; young > 0 && waits < 4; waits++) {
      await delay(young);
      ({ entry, young } = checkStamp(fd, path, stamp));
    }
    return await use(fd, entry);
  } catch (error) {
    throw localFailure(error, path);
  } finally {
    closeSync(fd);
  }
}

async function readOpen(fd: number, path: string, entry: FileEntry, sink: Sink): Promise<Content> {
  if (entry.size <= maxDataLength) {
    const content = Buffer.allocUnsafe(entry.size);
    let length = 0;
    while (length < content.length) {
      const count = readSync(fd, content, length, content.length - length, length);
      if (count === 0) throw changedFailure(path);
      length += count;
    }
    checkStamp(fd, path, entry.stamp);
    if (length > 0) {
      const sent = sink.data(content);
      if (sent) await sent;
    }
    return { hash: hashOnce('sha256', content, 'hex'), entry };
  }
  const sum = createHash('sha256');
  const chunk = Buffer.allocUnsafe(maxDataLength);
  for (let at = 0; at < entry.size;) {
    const { bytesRead } = await readLater(fd, chunk, 0, Math.min(chunk.length, entry.size - at), at);
    if (bytesRead === 0) throw changedFailure(path);
    at += bytesRead;
    const part = chunk.subarray(0, bytesRead);
    sum.update(part);
    await sink.data(part);
  }
  checkStamp(fd, path, entry.stamp);
  return { hash: sum.digest('hex'), entry };
}

/** The open file's entry, when it is the expected one, and the milliseconds until it has been quiet long enough. */
export function checkStamp(fd: number, path: string, stamp: string): { entry: FileEntry; young: number } {
  const stats = fstatSync(fd, { bigint: true });
  const entry = entryOf(stats, () => '');
  if (entry.kind !== 'file' || entry.stamp !== stamp) throw changedFailure(path);
  return { entry, young: youngFor(stats) };
}

/** The milliseconds until a file has been quiet long enough. */
export function youngFor({ ctimeNs }: BigIntStats): number {
  const age = Date.now() - Number(ctimeNs / 1_000_000n);
  // A clock that is behind the file system's gives no age: one full wait.
  return age >= quietMs ? 0 : age < 0 ? quietMs : quietMs - age;
}
