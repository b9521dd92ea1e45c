import { describe, expect, it } from 'vitest';
import { matches, regexpOf, RegexpTooSlow } from '../../src/config/regexp.js';
import { objection } from '../../src/config/vars/question.js';

describe('regular expressions of a config', () => {
  it.each([
    ['^a+$', 'aaa', true],
    ['^a+$', 'b', false],
    ['(?i)^web', 'WEBSITE', true],
    ['^"\\\\$', '"\\', true],
    ['^[\\w\\-]+$', 'a-b', true],
    ['^\u2028$', '\u2028', true],
    ['/', 'a/b', true],
    ['', 'x', true],
    ['^👍.$', '👍👍', true],
  ])('%j against %j', (pattern, text, expected) => {
    expect(matches(regexpOf(pattern) ?? /never/, text)).toBe(expected);
  });

  it('are stopped when they take too long, or need too much', () => {
    const slow = regexpOf('^(a+)+$') ?? /never/;
    expect(() => matches(slow, `${'a'.repeat(40)}!`)).toThrow(RegexpTooSlow);
    const deep = regexpOf('^(?:.|\\n)*x$') ?? /never/;
    expect(() => matches(deep, 'a'.repeat(9_000_000))).toThrow(RegexpTooSlow);
  });

  it('do not keep a question waiting', () => {
    const definition = { name: 'A', validationPattern: '^(a+)+$', validationMessage: 'only a' };
    expect(objection(definition, 'aa')).toBeUndefined();
    expect(objection(definition, 'b')).toBe('only a');
    expect(objection(definition, `${'a'.repeat(40)}!`)).toBe(
      'the regular expression ^(a+)+$ takes too long for this answer: change validationPattern',
    );
  });
});
