import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineDiff } from '../../src/base/line-diff.js';

const shown = (a: string, b: string, context?: number): string[] =>
  lineDiff(a, b, context).map(({ sign, text }) => `${sign}${text}`);

it('shows what goes and what comes, with the lines around it', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\n';
  expect(shown(before, before)).toEqual([]);
  expect(shown(before, 'a\nb\nc\nD\ne\nf\ng\n')).toEqual([' b', ' c', '-d', '+D', ' e', ' f']);
  expect(shown(before, 'b\nc\nd\ne\nf\ng\nh\n', 0)).toEqual(['-a', '+h']);
  expect(shown('', 'a\n')).toEqual(['+a']);
  expect(shown('a\r\nb\r\n', 'a\nc\n')).toEqual([' a', '-b', '+c']);
});

it('holds both texts', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 20 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const lines = lineDiff(a, b, 100);
      const side = (sign: string): string =>
        lines
          .filter((line) => line.sign !== sign)
          .map((line) => `${line.text}\n`)
          .join('');
      if (a === b) expect(lines).toEqual([]);
      else expect([side('+'), side('-')]).toEqual([a, b]);
    }),
  );
});
