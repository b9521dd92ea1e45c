import { isDeepStrictEqual } from 'node:util';
import { dump } from 'js-yaml';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { fullSource } from '../../src/config/full-source.js';
import { itemsAt, type Path } from '../../src/config/path.js';
import { plainSource, type ConfigSource } from '../../src/config/source.js';
import { largeConfig } from '../../bench/large-config.js';

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  for (const item of itemsAt(value, [])) yield* pathsOf(item.value, [...path, ...item.path]);
}

/** All that a source says. */
function told(source: ConfigSource): unknown {
  const places = [...pathsOf(source.value)].flatMap((path) =>
    [path, [...path, 'nowhere'], [...path, 0]].map((at) => [
      at,
      source.locate(at, 'key'),
      source.locate(at),
      source.plainText(at),
    ]),
  );
  return { problems: source.problems.map(({ message }) => message), value: source.value, places };
}

/** Whether the fast reader took it; then it said the same as the other one. */
function agree(text: string): boolean {
  const plain = plainSource('f', text);
  if (!plain) return false;
  const [ours, theirs] = [told(plain), told(fullSource('f', text))];
  // Comparing so that the difference can be shown takes long.
  if (!isDeepStrictEqual(ours, theirs)) expect(ours).toStrictEqual(theirs);
  return true;
}

const edges = [
  // Texts, and what only other versions of YAML take for something else.
  'a: yes\nb: no\nc: on\nd: off\ne: y\nf: N\ng: 1:30\nh: 2020-01-01\ni: 2001-12-14t21:59:43.10-05:00',
  'a: 0\nb: -0\nc: 007\nd: 0o17\ne: 0x1F\nf: 0b1\ng: 1_000\nh: +1\ni: 1.\nj: .5\nk: 1e3\nl: -1.50\nm: .inf\nn: -.INF\no: .NaN\np: 1.10',
  'a: 99999999999999999999\nb: 123456789012345\nc: 9007199254740993\nd: 0.1234567890123456789\ne: 1.2.3\nf: 500m\ng: 1e\nh: 0xg\ni: .\nj: ..\nk: -a\nl: --flag',
  'a: null\nb: ~\nc: Null\nd: NULL\ne: nULL\nf: True\ng: TRUE\nh: tRUE\ni: !!str 1\nj: "null"\nk:\nl: # nothing\nm: ""',
  // Merge keys, anchors, aliases, tags.
  'a: &x {b: 1}\nc:\n  <<: *x\n',
  'a: &x 1\nb: *x\n',
  'a: <<\nb: [<<]\n',
  '"<<": {a: 1}\nb: 2\n',
  'a: !x y\n',
  // Duplicates.
  'a: 1\na: 2\n',
  'a: 1\n"a": 2\n',
  'a: {b: 1, b: 2}\n',
  "x:\n  a: 1\n  'a': 2\n",
  // Texts over lines.
  ...['|', '|-', '|+', '>', '>-', '>+', '|2', '|1-', '| # why', '|#', '|x'].flatMap((head) =>
    [
      '  a\n  b\n',
      '  a\n\n  b\n\n\nb: 1\n',
      '    a\n  b\n',
      '\n  a\n',
      '  a\n b: 1\n',
      '  a',
      '  a\n    b\n  \nb: 2\n',
      '  # c\n# d\n',
      '\n',
      '',
    ].map((body) => `a: ${head}\n${body}`),
  ),
  'a:\n- |\n  b\n- |-\n  c\n-   |\n   d\n',
  'a:\n  - b: |\n      c\n    d: 1\n',
  'a:\n  - b: |\n     c\n   d: 1\n',
  'a: b\n c\n',
  'a: "b\n  c"\n',
  "a: 'b\n  c'\n",
  'a: b\n\n\n  c\n',
  'a: b # c\n  d\n',
  // Quotes and escapes.
  `a: "\\n\\t\\"\\\\\\/\\b\\f\\r"\nb: "\\x41"\nc: "\\u0041"\nd: "\\e"\ne: 'it''s'\nf: "a" b\n`,
  `a: "b"# c\n`,
  `a: 'b' # c\n'b c': 1\n"d/e.f": 2\n"": 3\n`,
  `a: "b\\\n  c"\n`,
  `a: 'b\n`,
  `a: "b" "c"\n`,
  `- "a": b\n- 'c':   d\n- "e"\n`,
  // Comments and `: `.
  'a: b#c\nd: e #f\ng: #h\ni:#j\nk: l : m\n',
  'a: b: c\n',
  'a: b:\n',
  'a: http://b:80/#c\nd: e:f\n',
  '# only\n#comments\n',
  '   # c\n\na: 1 # d\n   # e\n  # f\nb:\n # g\n  - 1\n # h\n  - 2\n#i',
  'a:\n# c\n  b: 1\n',
  // Starts that mean something.
  ...[
    '@a',
    '`a',
    '%a',
    '*a',
    '&a',
    '!a',
    '|a',
    '>a',
    '?a',
    '? a',
    ':a',
    ': a',
    '- a',
    '-a',
    '-',
    ',a',
    ']',
    '}',
    '#a',
    '=',
    '<a',
    '^a',
    '~a',
    '(a)',
    '$a',
    '${A}',
    '\\a',
    ';a',
    'ä',
    '😀',
    '-😀',
    '\u00a0a',
    'a\u00a0',
    'a\u00a0 ',
    '\u2028a',
    '\u0085',
    '\ufeffa',
    '\ud800',
  ].flatMap((start) => [
    `a: ${start}\n`,
    `- ${start}\n`,
    `a: [${start}]\n`,
    `${start}: 1\n`,
    `a:\n  b: ${start} c\n  d: e\n`,
  ]),
  // Indentation.
  'a:\n- 1\n- 2\nb: 3\n',
  'a:\n - 1\n - 2\n- 3\n',
  'a:\n  b: 1\n c: 2\n',
  'a:\n  b: 1\n   c: 2\n',
  '  a: 1\n  b: 2\n',
  ' a: 1\nb: 2\n',
  'a:\n    - b: 1\n      c: 2\n    -   d: 3\n        e: 4\n    -\n      f: 5\n    -\n    - g\n',
  'a:\n- - 1\n  - 2\n- - - 3\n-   - 4\n',
  '- a: 1\n  b:\n  - c\n  d: 2\n- e:\n    f:\n',
  '- a:\n  - b\n  - c\n',
  '- a:\n- b\n',
  'a:\n  -\n  - b\n',
  'a:\n  b\n',
  'a:\n  - b\n    c\n',
  'a:\n  - b\n  c: d\n',
  'a:\n\n\n  b: 1\n\n  c: 2\n\n',
  'a:\n  b:\nc:\n',
  'a: 1\n...\n',
  'a:\nnullable: 1\nb:\n  c:\n  ~d: 1\n',
  // Brackets.
  'a: []\nb: {}\nc: [ ]\nd: { }\ne: [a, "b", \'c\', 1, 1.5, true, null, ~, [x, {y: z}]]\nf: {a: 1, b: [c], d: {e: f}}\n',
  'a: [a,b]\nb: [a , b]\nc: [a b, c-d, -e, -1, ./f, g=h, i@j]\nd: [a,]\ne: [,]\n',
  'a: [,a]\n',
  'a: [a,,b]\n',
  'a: [a\n',
  'a: [a,\n  b]\n',
  'a: [a] b\n',
  'a: [a] # b\nc: [d]# e\n',
  'a: [a # b\n]\n',
  'a: {b}\n',
  'a: {b: }\n',
  'a: {b:c}\n',
  'a: {b: c d, e: f}\n',
  'a: {"b": 1}\n',
  'a: [b: c]\n',
  'a: [b:c, http://x]\n',
  'a: [- b]\n',
  '[a, b]\n',
  '{a: b}\n',
  // Documents, breaks, and characters.
  '---\na: 1\n',
  'a: 1\n---\nb: 2\n',
  '%YAML 1.1\n---\na: yes\n',
  '',
  '\n',
  'a',
  'a: 1\r\nb:\r\n  - c\r\n  - d # e\r\n# f\r\n\r\ng: "h"\r\ni: [j]\r\nk:\r\n',
  'a: |\r\n  b\r\n  c\r\n',
  'a: 1\rb: 2\n',
  'a: 1\r',
  'a:\tb\n',
  '\ta: b\n',
  'a: b\t# c\n',
  'a: b\tc\n',
  'a: b\0\n',
  '\uFEFFa: 1\n',
  'a: \uFEFFb\n',
  'a: 1\n\u2028b: 2\n',
  'a: x \nb:  y  \nc : 1\n',
  'a:   \nb:     # c\n',
  // Keys.
  '1: a\n',
  'a: {1: b}\n',
  '"1": a\nb: c\n',
  'true: a\nnull: b\n',
  '~: a\n',
  'a b: c\n',
  'a.b/c-d_e: f\n$patch: g\n-a: h\n_b: i\n',
  '? a\n: b\n',
  '__proto__: {a: 1}\nconstructor: 2\ntoString: 3\nprototype: 4\nhasOwnProperty: 5\n',
  'a: {__proto__: 1, constructor: 2}\n',
  `${'k'.repeat(99)}: 1\n${'k'.repeat(101)}: 2\n`,
  `${'k'.repeat(2000)}: 2\n`,
  `a:\n${Array.from({ length: 30 }, (_, depth) => `${' '.repeat(depth + 1)}b:\n`).join('')}`,
  `a: ${'['.repeat(100)}${']'.repeat(100)}\n`,
];

// The machine may be busy.
describe('the fast reader and the other', { timeout: 60_000 }, () => {
  it.each(edges)('agree on %j', (text) => {
    agree(text);
    agree(`x: 1\n${text}`);
    agree(`x:\n${text.replaceAll(/^/gm, '  ')}\ny: 1\n`);
    agree(`- z: 1\n  x:\n${text.replaceAll(/^/gm, '    ')}`);
    agree(text.replaceAll('\n', '\r\n'));
  });

  it('agree on a long config, which the fast one takes', () => {
    const lines = largeConfig().split('\n');
    expect(plainSource('f', lines.join('\r\n'))).toBeDefined();
    expect(agree(lines.slice(0, 400).join('\n'))).toBe(true);
    expect(agree(lines.slice(0, 400).join('\r\n'))).toBe(true);
  });

  const piece = fc.constantFrom(
    ...'a|b|c: |d:|: |- |-|  | | #|#|"|\'|""|\'\'|[|]|{|}|, |,|>|1|0|.|-1|1.10|true|null|~|&a|*a|!|<<: |?|%|@'.split(
      '|',
    ),
    ...'\\ \\n $ ${A} --- ... http://x:80 ä "a" \'b\' [a,b] = < / ./x'.split(' '),
    '|',
    '|-',
    '\n',
    '\n',
    '\n  ',
    '\n    ',
    '\n- ',
    '\n  - ',
    '\r\n',
    '\t',
    '\u00a0',
    '\u0085',
    '[a, b]',
    '{a: b}',
  );

  it('agree on texts of random pieces', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => void agree(pieces.join(''))),
      {
        numRuns: 1500,
      },
    );
  });

  it('agree on lines of random indentation', () => {
    const value = fc.oneof(
      fc.constant(''),
      fc.array(piece, { minLength: 1, maxLength: 3 }).map((all) => ` ${all.join('')}`),
      fc.constantFrom(' a', ' 1', ' [a, b]', ' |', ' "x"', " 'y'", ' {a: b}', ' # c'),
    );
    const line = fc
      .tuple(
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom('', '- ', '- - ', '-   '),
        fc.constantFrom('a:', 'b:', 'c:', '"d":', 'e', '#', ''),
        value,
      )
      .map(([indent, dash, key, rest]) => `${' '.repeat(indent)}${dash}${key}${rest}`);
    let taken = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        if (agree(`${lines.join('\n')}\n`)) taken += 1;
      }),
      { numRuns: 1500 },
    );
    // Else it would have proved nothing.
    expect(taken).toBeGreaterThan(20);
  });

  it('agree on values that others wrote', () => {
    const key = fc.oneof(fc.stringMatching(/^[a-z][a-zA-Z0-9._/-]{0,8}$/), fc.string({ maxLength: 5 }));
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(piece, { maxLength: 4 }).map((all) => all.join('')),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    let taken = 0;
    fc.assert(
      fc.property(
        fc.dictionary(key, tree, { maxKeys: 5 }),
        fc.boolean(),
        fc.boolean(),
        (value, indentSeq, quoted) => {
          const texts = [
            stringify(value, {
              indentSeq,
              aliasDuplicateObjects: false,
              defaultStringType: quoted ? 'QUOTE_DOUBLE' : 'PLAIN',
            }),
            stringify(value, { singleQuote: true, lineWidth: 0, aliasDuplicateObjects: false }),
            dump(value, { noRefs: true, indent: 4, flowLevel: quoted ? 2 : -1 }),
          ];
          for (const one of texts) if (agree(one)) taken += 1;
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});
