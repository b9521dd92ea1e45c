import { describe, expect, it } from 'vitest';

import { batches } from '../../../src/sync/merge/transfer.js';

const plan = (blockSize: number, fileSize: number, offsets: number[]) => [
  ...batches({ blockSize, fileSize, sums: new Uint32Array(offsets.length) }, Float64Array.from(offsets)),
];

describe('what a new version is put together from', () => {
  it('neighbours go together, the last block is short', () => {
    expect(plan(10, 45, [0, 10, -1, -1, 77])).toEqual([
      {
        pieces: [
          { from: 0, length: 20 },
          { from: -1, length: 20 },
          { from: 77, length: 5 },
        ],
        missing: [{ offset: 20, length: 20 }],
        bytes: 20,
      },
    ]);
  });

  it('parts that are apart in the old file stay apart', () => {
    expect(plan(10, 30, [0, 20, -1])[0]?.pieces).toEqual([
      { from: 0, length: 10 },
      { from: 20, length: 10 },
      { from: -1, length: 10 },
    ]);
  });

  it('only so much is fetched at once', () => {
    const block = 1024 * 1024;
    const found = plan(block, 10 * block, [-1, -1, -1, 0, -1, -1, -1, -1, -1, -1]);
    expect(found.map(({ bytes }) => bytes / block)).toEqual([4, 4, 1]);
    expect(found[1]?.missing).toEqual([{ offset: 5 * block, length: 4 * block }]);
    expect(found.flatMap(({ pieces }) => pieces).reduce((sum, { length }) => sum + length, 0)).toBe(
      10 * block,
    );
  });
});
