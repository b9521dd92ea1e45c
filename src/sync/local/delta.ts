import { createHash } from 'node:crypto';

import { BlockFinder, type BlockMatch } from '../delta/block-finder.js';
import type { BlockSums } from '../delta/block-sums.js';
import type { Content, Patchable } from '../endpoint.js';
import { changedFailure } from '../file-failure.js';
import { maxDataLength } from '../wire/frame.js';
import { checkStamp, readLater, whileQuiet } from './read.js';

/** So much is read, and kept the event loop busy with, at once. */
const passBytes = 1024 * 1024;
/** So much is told to be copied at once, so that the other side begins early. */
const copyBytes = 8 * 1024 * 1024;

/**
 * Sends a file to where an older version of it is: what the sums of that version tell to be there is copied there, the rest is sent. Throws like
 * `readLocal`.
 */
export function readDelta(
  absolute: string,
  path: string,
  stamp: string,
  sums: BlockSums,
  target: Patchable,
): Promise<Content> {
  return whileQuiet(absolute, path, stamp, async (fd, entry) => {
    const sum = createHash('sha256');
    let copy = { offset: 0, length: 0 };
    const flush = async () => {
      if (copy.length > 0) await target.copy(copy.offset, copy.length);
      copy = { offset: 0, length: 0 };
    };
    const literal = async (bytes: Buffer) => {
      if (bytes.length > 0) await flush();
      for (let at = 0; at < bytes.length; at += maxDataLength)
        await target.data(bytes.subarray(at, at + maxDataLength));
    };
    await walk(fd, path, entry.size, new BlockFinder(sums), {
      read: (bytes) => void sum.update(bytes),
      decided: async (bytes, start, matches) => {
        let sent = 0;
        for (const { offset, block, length } of matches) {
          await literal(bytes.subarray(sent, offset - start));
          const from = block * sums.blockSize;
          if (from !== copy.offset + copy.length || copy.length >= copyBytes) await flush();
          if (copy.length === 0) copy.offset = from;
          copy.length += length;
          sent = offset - start + length;
        }
        await literal(bytes.subarray(sent));
      },
    });
    await flush();
    checkStamp(fd, path, stamp);
    return { hash: sum.digest('hex'), entry };
  });
}

/** Where the blocks are in this file that the sums, of another, tell of: offsets by block, -1 for none. Throws like `readLocal`. */
export function findBlocks(
  absolute: string,
  path: string,
  stamp: string,
  sums: BlockSums,
): Promise<Float64Array> {
  return whileQuiet(absolute, path, stamp, async (fd, entry) => {
    const offsets = new Float64Array(sums.sums.length).fill(-1);
    await walk(fd, path, entry.size, new BlockFinder(sums), {
      decided: (_, __, matches) => {
        for (const { block, offset } of matches) offsets[block] = offset;
      },
    });
    checkStamp(fd, path, stamp);
    return offsets;
  });
}

interface Step {
  read?(bytes: Buffer): void;
  /** `bytes`, from `start` of the file, are decided about: what no match covers is nowhere. */
  decided(bytes: Buffer, start: number, matches: readonly BlockMatch[]): void | Promise<void>;
}

/** Reads a part while the one before is looked at. In front of each is room for what could not be decided about before. */
async function walk(fd: number, path: string, size: number, finder: BlockFinder, step: Step): Promise<void> {
  const room = finder.lookAhead;
  const pass = Math.min(Math.max(passBytes, room), size);
  let [window, spare] = [Buffer.allocUnsafe(room + pass), Buffer.allocUnsafe(room + pass)];
  const read = (to: Buffer, at: number) => readLater(fd, to, room, Math.min(pass, size - at), at);
  let reading = read(window, 0);
  try {
    for (let end = 0, carry = 0; end < size;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) throw changedFailure(path);
      const bytes = window.subarray(room - carry, room + bytesRead);
      const start = end - carry;
      end += bytesRead;
      if (end < size) reading = read(spare, end);
      step.read?.(bytes.subarray(carry));
      const matches = finder.find(bytes, start, end === size);
      const decided = finder.position - start;
      await step.decided(bytes.subarray(0, decided), start, matches);
      carry = bytes.length - decided;
      bytes.copy(spare, room - carry, decided);
      [window, spare] = [spare, window];
    }
  } finally {
    await reading.catch(() => {});
  }
}
