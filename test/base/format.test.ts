import { describe, expect, it } from 'vitest';
import { formatBytes, formatMs } from '../../src/base/format.js';
import { prefixPainter, styleFor, wantsColour } from '../../src/report/style.js';

it.each([
  [0, '0 ms'],
  [180.4, '180 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [2449, '2.4 s'],
  [59_949, '59.9 s'],
  [59_951, '1 min 0 s'],
  [65_000, '1 min 5 s'],
  [3_605_000, '60 min 5 s'],
])('%d ms is %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [999_960, '1.0 MB'],
  [3_200_000, '3.2 MB'],
  [5e15, '5000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('colour', () => {
  const tty = { isTTY: true };
  it.each([
    [tty, {}, true],
    [{}, {}, false],
    [tty, { TERM: 'dumb' }, false],
    [tty, { NO_COLOR: '1' }, false],
    [tty, { NO_COLOR: '' }, true],
    [{}, { FORCE_COLOR: '1' }, true],
    [{}, { FORCE_COLOR: '0' }, false],
    [tty, { FORCE_COLOR: '0' }, false],
    [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('of %j with %j: %s', (stream, env, expected) => {
    expect(wantsColour(stream, env)).toBe(expected);
  });

  it('tells prefixes apart, the same one always alike', () => {
    const paint = prefixPainter(styleFor(true));
    const [a, b] = [paint('a'), paint('b')];
    expect(a.replace('a', 'b')).not.toBe(b);
    expect(paint('a')).toBe(a);
    for (let number = 0; number < 20; number += 1) expect(paint(`p${number}`)).toContain(`[p${number}]`);
  });
});
