import { describe, expect, it } from 'vitest';

import type { FileChange } from '../../../src/sync/merge/perform.js';
import { groupsOf, isSmallUpload, type Upload } from '../../../src/sync/merge/uploads.js';

const kib = 1024;

function change(size: number, more: Partial<FileChange> = {}): FileChange {
  const source = { kind: 'file', mode: 0o644, size, mtime: { s: 1, ns: 0 }, stamp: '01' } as const;
  return {
    do: 'file',
    to: 'remote',
    path: 'f',
    source,
    target: undefined,
    mode: 0o644,
    conflict: false,
    ...more,
  };
}

describe('what goes up together', () => {
  it.each<[string, FileChange, boolean]>([
    ['a new file', change(0), true],
    ['as large as may be', change(32 * kib), true],
    ['too large', change(32 * kib + 1), false],
    ['a newer version', change(1, { target: change(2).source }), true],
    ['in the place of a link', change(1, { target: { kind: 'symlink', target: 'x', stamp: '02' } }), false],
    ['of which the loser is kept', change(1, { target: change(2).source, conflict: true }), false],
    ['that comes down', change(1, { to: 'local' }), false],
  ])('%s', (_, one, expected) => {
    expect(isSmallUpload(one)).toBe(expected);
  });

  const groups = (...sizes: number[]) => {
    const uploads: Upload[] = sizes.map((size) => ({ change: change(size), release: () => {} }));
    const cut = groupsOf(uploads);
    expect(cut.flatMap((group) => group.uploads)).toEqual(uploads);
    return cut.map(({ uploads, bytes }) => [uploads.length, bytes]);
  };

  it('is bounded in number and size', () => {
    expect(groups()).toEqual([]);
    expect(groups(5)).toEqual([[1, 5]]);
    expect(groups(...Array.from({ length: 300 }, () => 1))).toEqual([
      [128, 128],
      [128, 128],
      [44, 44],
    ]);
    expect(groups(...Array.from({ length: 10 }, () => 32 * kib))).toEqual([
      [8, 256 * kib],
      [2, 64 * kib],
    ]);
  });
});
