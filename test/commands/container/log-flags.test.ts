import { describe, expect, it } from 'vitest';
import { linesFlag, sinceFlag } from '../../../src/commands/container/log-flags.js';

describe('--since', () => {
  it.each([
    ['5m', { sinceSeconds: 300 }],
    ['1h30m', { sinceSeconds: 5400 }],
    ['1.5h', { sinceSeconds: 5400 }],
    ['2d', { sinceSeconds: 172_800 }],
    ['1500ms', { sinceSeconds: 2 }],
    ['2026-01-31T08:00:00Z', { sinceTime: '2026-01-31T08:00:00Z' }],
    ['2026-01-31T08:00:00.25+02:00', { sinceTime: '2026-01-31T08:00:00.25+02:00' }],
    [undefined, undefined],
  ])('%s', (value, meant) => {
    expect(sinceFlag(value)).toEqual(meant);
  });

  it.each([
    '',
    '5',
    '0s',
    '-5m',
    '5 m',
    'yesterday',
    '2026-01-31',
    '2026-13-31T08:00:00Z',
    '99999999999999999d',
  ])('refuses "%s" and says how to write it', (value) => {
    expect(() => sinceFlag(value)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `--since wants how long ago, or a time, got "${value}"`,
        hint: 'write it as --since 5m or --since 2026-01-31T08:00:00Z',
      }),
    );
  });
});

describe('--lines', () => {
  it.each([
    ['0', 0],
    ['20', 20],
    ['all', undefined],
    [undefined, 200],
  ])('%s', (value, meant) => {
    expect(linesFlag(value, 200)).toBe(meant);
  });

  it.each(['', '-1', '1.5', 'many', '1e3', '99999999999999999999'])('refuses "%s"', (value) => {
    expect(() => linesFlag(value, 200)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `--lines wants a whole number from 0 or "all", got "${value}"`,
      }),
    );
  });
});
