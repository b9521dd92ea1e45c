import { describe, expect, it } from 'vitest';
import { itemsAt, type Path } from '../../src/config/path.js';
import { readSource } from '../../src/config/full-source.js';
import type { ConfigSource } from '../../src/config/source.js';

/** What the file has at a span. */
function textAt(source: ConfigSource, path: Path, part?: 'key' | 'value'): string {
  const { line, column, length } = source.locate(path, part);
  return (source.text.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length);
}

function* scalars(value: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  if (typeof value !== 'object' || value === null) yield { path, value };
  for (const item of itemsAt(value, [])) yield* scalars(item.value, [...path, ...item.path]);
}

const text = `# a comment
version: v1beta3
images:
  web: &web   # the site
    image:   registry/web
    "tag": 'quoted'
  api: {image: registry/api, cmd: [a, "b c", 3]}
  other:
    <<: [*web, {tag: x, context: ./}]
    image: registry/other
dev:
  sync:
  - imageName: web
    excludePaths:
    - node_modules
    -   dist
  -
    imageName: api
  open:
`;

describe('locate', () => {
  const source = readSource('devspace.yaml', text);

  it('finds every value and every key of a file', () => {
    let count = 0;
    for (const { path, value } of scalars(source.value)) {
      if (value === null) continue;
      expect(textAt(source, path).replaceAll(/^["']|["']$/g, '')).toBe(`${value as string | number}`);
      const key = path.at(-1);
      if (typeof key === 'string') expect(textAt(source, path, 'key').replaceAll('"', '')).toBe(key);
      count++;
    }
    expect(count).toBe(14);
  });

  it.each([
    [['images', 'other', 'tag'], 6, "'quoted'"],
    [['images', 'other', 'context'], 9, './'],
    [['images', 'api'], 7, '{image: registry/api, cmd: [a, "b c", 3]}'],
    [['images', 'web', 'nope', 'deeper'], 5, 'image:   registry/web'],
    [['dev', 'sync', 7], 13, '- imageName: web'],
    [['dev', 'open'], 19, 'open'],
    [['nope'], 1, ''],
    [[], 1, ''],
  ])('%j is in line %i', (path, line, expected) => {
    expect(source.locate(path).line).toBe(line);
    expect(textAt(source, path)).toBe(expected);
  });

  it('counts a BOM and CRLF as nothing', () => {
    const windows = readSource('f', `\uFEFFversion: a\r\nimages: bc\r\n`);
    expect(windows.locate(['version'], 'key')).toEqual({ line: 1, column: 1, length: 7 });
    expect(windows.locate(['images'])).toEqual({ line: 2, column: 9, length: 2 });
  });
});

describe('plainText', () => {
  it('is what stands there without quotes', () => {
    const source = readSource('f', 'a: 1.10\nb: "1.10"\nc: [x]\n');
    expect([['a'], ['b'], ['c'], ['c', 0], ['d']].map((path) => source.plainText(path))).toEqual([
      '1.10',
      undefined,
      undefined,
      'x',
      undefined,
    ]);
  });
});
