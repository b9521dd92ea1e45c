import { describe, expect, it } from 'vitest';
import { codeFrame } from '../../src/config/code-frame.js';
import { displayWidth } from '../../src/config/display-width.js';

describe('codeFrame', () => {
  it.each([
    ['plain', 'port: eighty', 7, 6, ['  7 | port: eighty', '    |       ~~~~~~']],
    ['nothing marked', '', 1, 0, ['  7 |', '    | ~']],
    ['the end of the line', 'a:', 3, 1, ['  7 | a:', '    |   ~']],
    ['a span beyond the line', 'a: b', 4, 99, ['  7 | a: b', '    |    ~']],
    ['tabs before and inside', '\ta:\tb\tc', 5, 3, ['  7 |     a:    b    c', '    |           ~~~~~~']],
    ['wide characters before', '名前: x', 5, 1, ['  7 | 名前: x', '    |       ~']],
    ['wide characters marked', 'a: 名前', 4, 2, ['  7 | a: 名前', '    |    ~~~~']],
    ['emoji and combining marks', '👩‍👩‍👧e\u0301: x', 13, 1, ['  7 | 👩‍👩‍👧e\u0301: x', '    |      ~']],
    ['escape sequences', 'a: \u001b[2Jx', 8, 1, ['  7 | a: \uFFFD[2Jx', '    |        ~']],
    [
      'secrets',
      'password: "geheim" # x',
      20,
      1,
      ['  7 | password: "******" # x', '    |                    ~'],
    ],
    [
      'secrets in a flow',
      '{NPM_TOKEN: abc, a: b}',
      18,
      1,
      ['  7 | {NPM_TOKEN: ***, a: b}', '    |                  ~'],
    ],
    [
      'what only sounds secret',
      'pullSecret: name',
      13,
      4,
      ['  7 | pullSecret: name', '    |             ~~~~'],
    ],
  ])('%s', (_name, line, column, length, expected) => {
    expect(codeFrame(line, { line: 7, column, length })).toEqual(expected);
  });

  it('cuts long lines around the mark', () => {
    const line = `${'a'.repeat(500)}MARK${'b'.repeat(500)}`;
    const [text = '', squiggle = ''] = codeFrame(line, { line: 12345, column: 501, length: 4 });
    expect(text.length).toBeLessThan(140);
    expect(text).toMatch(/^ {2}12345 \| …a+MARKb+…$/);
    expect(squiggle.indexOf('~~~~')).toBe(text.indexOf('MARK'));
  });

  it('marks no further than what is shown', () => {
    const [text = '', squiggle = ''] = codeFrame('x'.repeat(1000), { line: 1, column: 1, length: 1000 });
    expect(squiggle.length).toBeLessThanOrEqual(text.length);
  });
});

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국', 4],
    ['ｆ', 2],
    ['ｱ', 1],
    ['👍', 2],
    ['❤️', 2],
    ['🇩🇪', 2],
    ['©', 1],
    ['\u200B', 0],
  ])('%j', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});
