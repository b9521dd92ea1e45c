import { describe, expect, it } from 'vitest';
import { textTable } from '../../src/base/text-table.js';

describe('textTable', () => {
  it('aligns columns, without trailing spaces', () => {
    expect(
      textTable(
        ['A', 'Long one', 'B'],
        [
          ['xyz', '1', ''],
          ['x', '', 'z'],
        ],
      ),
    ).toEqual(['A    Long one  B', 'xyz  1', 'x              z']);
  });

  it('cuts what is too wide at its start, and shows control characters as escapes', () => {
    expect(textTable(['Path'], [['/a/very/long/path'], ['a\n\u001b[2J']], [10])).toEqual([
      'Path',
      '...ng/path',
      '...001b[2J',
    ]);
  });
});
