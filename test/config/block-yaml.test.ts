import { load } from 'js-yaml';
import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { readPlainYaml } from '../../src/base/plain-yaml.js';
import { blockYaml } from '../../src/config/block-yaml.js';

describe('blockYaml', () => {
  it('writes as people do', () => {
    const value = {
      list: ['a', { b: 1, c: [true, null, ['d']] }, [], {}, [{ e: {} }]],
      texts: [
        '1',
        'yes',
        '',
        'a: b',
        'a #b',
        '- a',
        '10m',
        '0x1F',
        '1e3',
        '*',
        'a\nb',
        ' a\nb\n',
        'a\n\n  b\n',
        'a\n',
      ],
      'a b': { '1': 'http://x:80/?a=b&c', '': '${A}', '<<': '\u2028', '# c': "it's" },
    };
    const text = blockYaml(value, (path) => (path.at(-1) === 'b' ? 'line\n1' : undefined));
    expect(text).toMatchInlineSnapshot(`
      "list:
        - a
        - b: 1 # line 1
          c:
            - true
            - null
            - - d
        - []
        - {}
        - - e: {}
      texts:
        - "1"
        - "yes"
        - ""
        - "a: b"
        - "a #b"
        - "- a"
        - 10m
        - "0x1F"
        - "1e3"
        - "*"
        - |-
          a
          b
        - " a\\nb\\n"
        - |
          a

            b
        - "a\\n"
      a b:
        "1": http://x:80/?a=b&c
        "": \${A}
        "<<": "\\u2028"
        "# c": it's
      "
    `);
    expect(parse(text)).toEqual(value);
  });

  it('announces very long keys', () => {
    const value = { a: { ['k'.repeat(1100)]: [1, -0, 1.5], ['l'.repeat(1100)]: 1 } };
    expect(parse(blockYaml(value))).toEqual(value);
  });

  // Three readers, one of them for YAML 1.1 too.
  it('means the same to every reader', () => {
    const piece = fc.constantFrom(
      ...'a|b|: |:| #|#|- |-| |\n|\n\n|"|\'|[|]|{|}|,|,||>|1|0|.|e|x|yes|no|null|~|true|&|*|!|?|%|@|`|\\|\t|\r|$|=|<<|---|...|é|\u0085|\u2028|\ufeff|😀|\ud800|:1'.split(
        '|',
      ),
      '|',
    );
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(piece, { maxLength: 6 }).map((all) => all.join('')),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tie('tree'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tree,
        ),
        fc.boolean(),
        (value, remark) => {
          const written = blockYaml(value, remark ? (path) => path.join(' ') : undefined);
          expect(parse(written, { merge: true })).toEqual(value);
          expect(readPlainYaml(written)?.value ?? value).toEqual(value);
          // js-yaml wants no halves of characters, and has no -0.
          if (!/\\ud[89a-f]/i.test(written))
            expect(JSON.stringify(load(written))).toBe(JSON.stringify(value));
        },
      ),
      { numRuns: 300 },
    );
  }, 30_000);
});
