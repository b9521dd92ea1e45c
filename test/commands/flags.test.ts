import { describe, expect, it } from 'vitest';
import { labelFlag, listFlag, numberFlag } from '../../src/commands/flags.js';

describe('a flag that holds', () => {
  it.each([
    [undefined, undefined],
    ['a', ['a']],
    [' a, b ,,c', ['a', 'b', 'c']],
    ['', []],
  ])('a list: %j', (value, expected) => {
    expect(listFlag(value)).toEqual(expected);
  });

  it.each([
    ['0', 0],
    ['007', 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('a number: %j', (value, expected) => {
    expect(numberFlag('--lines', value)).toBe(expected);
  });

  it.each(['', '-1', '1.5', '1e3', '0x10', ' 1', 'many', '9007199254740992', undefined, true])(
    'a number, which %j is not',
    (value) => {
      expect(() => numberFlag('--lines', value)).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: `--lines wants a whole number from 0, got "${String(value)}"`,
        }),
      );
    },
  );

  it('a number that is not too small', () => {
    expect(numberFlag('--timeout', '1', 1)).toBe(1);
    expect(() => numberFlag('--timeout', '0', 1)).toThrow('from 1');
  });

  it.each([
    [undefined, undefined],
    ['app=web', { app: 'web' }],
    ['app=web, app.kubernetes.io/name=x', { app: 'web', 'app.kubernetes.io/name': 'x' }],
    ['app=', { app: '' }],
  ])('labels: %j', (value, expected) => {
    expect(labelFlag(value)).toEqual(expected);
  });

  it.each(['app', '=web', 'app=web=x', '', 'app=web,'])('labels, which %j are not', (value) => {
    expect(() => labelFlag(value)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
