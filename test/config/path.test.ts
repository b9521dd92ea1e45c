import { describe, expect, it } from 'vitest';
import { formatPath, textsUnder, valueAt } from '../../src/config/path.js';

describe('formatPath', () => {
  it.each([
    [[], ''],
    [['dev', 'ports', 0, 'forward', 1, 'port'], 'dev.ports[0].forward[1].port'],
    [['images', 'my app', 'tag'], 'images["my app"].tag'],
    [['images', 'a.b'], 'images["a.b"]'],
    [['a-b', '$c'], 'a-b.$c'],
  ])('%j', (path, expected) => {
    expect(formatPath(path)).toBe(expected);
  });
});

describe('valueAt', () => {
  it.each([
    [{ a: [{ b: 1 }] }, ['a', 0, 'b'], 1],
    [{ a: null }, ['a', 'b'], undefined],
    [{}, ['constructor'], undefined],
    ['text', ['length'], undefined],
    [[1], [1], undefined],
  ])('%j at %j', (value, path, expected) => {
    expect(valueAt(value, path)).toBe(expected);
  });
});

describe('textsUnder', () => {
  it('gives every text with its path', () => {
    expect([...textsUnder({ a: ['x', 1, { b: 'y' }], c: null }, ['top'])]).toEqual([
      { path: ['top', 'a', 0], text: 'x' },
      { path: ['top', 'a', 2, 'b'], text: 'y' },
    ]);
  });
});
