import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BlockFinder, type BlockMatch } from '../../../src/sync/delta/block-finder.js';
import { type BlockSums, blockLength, blockSizeFor, decodeSums } from '../../../src/sync/delta/block-sums.js';
import { rollingCrc } from '../../../src/sync/delta/rolling-crc.js';

const blockSize = 64;

function sumsOf(file: Buffer, size = blockSize): BlockSums {
  const count = Math.ceil(file.length / size);
  const sums = Uint32Array.from({ length: count }, (_, block) =>
    crc32(file.subarray(block * size, (block + 1) * size)),
  );
  return { blockSize: size, fileSize: file.length, sums };
}

/** All matches of the sums in the data, pushed in pieces as a reader would. */
function findAll(sums: BlockSums, data: Buffer, piece = 1000): BlockMatch[] {
  const finder = new BlockFinder(sums);
  const matches: BlockMatch[] = [];
  for (let end = 0; end < data.length;) {
    end = Math.min(data.length, end + piece);
    const start = finder.position;
    matches.push(...finder.find(data.subarray(start, end), start, end === data.length));
    expect(finder.position).toBeGreaterThanOrEqual(Math.min(start, data.length));
  }
  return matches;
}

/** Bytes that have to be sent, after checking that every match is one and none overlaps. */
function literals(old: Buffer, data: Buffer, piece?: number): number {
  const sums = sumsOf(old);
  let end = 0;
  let missing = 0;
  for (const { offset, block, length } of findAll(sums, data, piece)) {
    expect(length).toBe(blockLength(sums, block));
    expect(data.subarray(offset, offset + length)).toEqual(
      old.subarray(block * blockSize, block * blockSize + length),
    );
    expect(offset).toBeGreaterThanOrEqual(end);
    missing += offset - end;
    end = offset + length;
  }
  expect(end).toBeLessThanOrEqual(data.length);
  return missing + data.length - end;
}

describe('finding the blocks of an old version in a new one', () => {
  const old = randomBytes(100 * blockSize + 17);
  const edited = (at: number) => {
    const data = Buffer.from(old);
    data[at] = (data[at] as number) ^ 1;
    return data;
  };
  it.each([
    ['the same', old, 0],
    ['nothing', Buffer.alloc(0), 0],
    ['one byte changed', edited(50 * blockSize + 3), blockSize],
    ['the first byte changed', edited(0), blockSize],
    ['the last byte changed', edited(old.length - 1), 17],
    ['bytes appended', Buffer.concat([old, randomBytes(100)]), 117],
    ['bytes in front', Buffer.concat([randomBytes(100), old]), 100],
    [
      'an insertion in the middle',
      Buffer.concat([old.subarray(0, 3000), randomBytes(77), old.subarray(3000)]),
      77 + blockSize,
    ],
    ['a part cut out', Buffer.concat([old.subarray(0, 1000), old.subarray(2345)]), 2 * blockSize],
    ['halves swapped', Buffer.concat([old.subarray(3200), old.subarray(0, 3200)]), 17],
    ['something else', randomBytes(5000), 5000],
    ['the end cut off', old.subarray(0, 2000), 2000 % blockSize],
  ])('%s', (_, data, atMost) => {
    for (const piece of [data.length || 1, 1000, 2 * blockSize + 1])
      expect(literals(old, data, piece)).toBeLessThanOrEqual(atMost);
  });

  it('in files of equal blocks', () => {
    const zeros = Buffer.alloc(50 * blockSize);
    expect(literals(zeros, Buffer.alloc(70 * blockSize))).toBeLessThanOrEqual(20 * blockSize);
    expect(literals(zeros, Buffer.concat([Buffer.from('x'), zeros]))).toBeLessThanOrEqual(1 + 2 * blockSize);
  });

  it('whatever was done to it', () => {
    const edit = fc.record({
      at: fc.nat(2000),
      cut: fc.nat(200),
      put: fc.uint8Array({ maxLength: 200 }),
    });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 2000 }),
        fc.array(edit, { maxLength: 4 }),
        fc.integer({ min: 130, max: 3000 }),
        (start, edits, piece) => {
          const before = Buffer.from(start);
          let after = before;
          for (const { at, cut, put } of edits)
            after = Buffer.concat([after.subarray(0, at), put, after.subarray(at + cut)]);
          expect(literals(before, after, piece)).toBeLessThanOrEqual(after.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a rolling CRC-32', () => {
  it('is zlib’s, at every position', () => {
    const data = randomBytes(500);
    for (const length of [1, 2, 64, 255]) {
      const { step, drop, bias } = rollingCrc(length);
      let crc = crc32(data.subarray(0, length)) ^ bias;
      for (let at = 0; at + length < data.length; at++) {
        expect((crc ^ bias) >>> 0).toBe(crc32(data.subarray(at, at + length)));
        crc =
          (crc >>> 8) ^
          (step[(crc ^ (data[at + length] as number)) & 255] as number) ^
          (drop[data[at] as number] as number);
      }
    }
  });
});

describe('the sums', () => {
  it('are few, and of blocks the helper takes', () => {
    for (const size of [1, 256 * 1024, 100 * 2 ** 20, 8 * 2 ** 30, 2 ** 42]) {
      const block = blockSizeFor(size);
      expect(block).toBeGreaterThanOrEqual(4096);
      expect(block).toBeLessThanOrEqual(4 * 2 ** 20);
      if (size < 2 ** 34) expect((4 * size) / block + block).toBeLessThan(512 * 1024);
    }
  });

  it('come big-endian', () => {
    expect([...decodeSums(Buffer.from('0000000180000000', 'hex'), 4096, 5000).sums]).toEqual([1, 2 ** 31]);
  });
});
