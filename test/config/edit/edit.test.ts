import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { editText, type Edit } from '../../../src/config/edit/edit.js';
import { anyConfig } from './any-config.js';

const put = (path: (string | number)[], value: unknown): Edit => ({ type: 'put', path, value });
const insert = (path: (string | number)[], value: unknown, at: 'start' | 'end' = 'end'): Edit => ({
  type: 'insert',
  path,
  value,
  at,
});
const remove = (...path: (string | number)[]): Edit => ({ type: 'remove', path });
const edit = (text: string, ...edits: Edit[]) => editText('devspace.yaml', text, edits);

const written = `# Our config.
version: v1beta3   # do not touch

images:
    # The web server.
    web:
        image:   "a/web"   # quoted

deployments:
# The first one.
- name: web
  kubectl:
    manifests: [ kube/web ]  # flow
# The second one.
- name: db
  kubectl:
    manifests:
    - kube/db
    # - kube/extra
# - name: off

dev:
    ports: []
    sync:
`;

describe('editText', () => {
  it.each<[string, Edit[], (text: string) => string]>([
    [
      'puts a key behind the others',
      [put(['images', 'api'], { image: 'a/api', tag: '1.10' })],
      (text) => text.replace('# quoted\n', '# quoted\n    api:\n        image: a/api\n        tag: "1.10"\n'),
    ],
    [
      'puts a key into an entry of a list',
      [put(['deployments', 1, 'namespace'], 'x')],
      (text) => text.replace('    # - kube/extra\n', '    # - kube/extra\n  namespace: x\n'),
    ],
    [
      'puts a section where it belongs',
      [put(['vars'], [{ name: 'A' }]), put(['hooks'], [{ command: 'x', args: ['a b', ''] }])],
      (text) =>
        text
          .replace('\nimages', '\nvars:\n- name: A\n\nimages')
          .concat('\nhooks:\n- command: x\n  args:\n  - a b\n  - ""\n'),
    ],
    [
      'puts an item at the start, above the comment of the first',
      [insert(['deployments'], { name: 'new' }, 'start')],
      (text) => text.replace('# The first', '- name: new\n# The first'),
    ],
    [
      'puts an item at the end',
      [insert(['deployments'], { name: 'new' })],
      (text) => text.replace('# - name: off', '- name: new\n# - name: off'),
    ],
    [
      'puts an item between brackets',
      [
        insert(['deployments', 0, 'kubectl', 'manifests'], 'kube/more'),
        insert(['deployments', 0, 'kubectl', 'manifests'], 'kube/first', 'start'),
      ],
      (text) => text.replace('[ kube/web ]', '[ kube/first, kube/web, kube/more ]'),
    ],
    [
      'fills an empty list',
      [insert(['dev', 'ports'], { forward: [{ port: 1 }] })],
      (text) => text.replace('ports: []\n', 'ports:\n    - forward:\n      - port: 1\n'),
    ],
    [
      'fills what has no value',
      [insert(['dev', 'sync'], { localSubPath: 'src' }), insert(['dev', 'sync'], { localSubPath: 'b' })],
      (text) => text.replace('sync:\n', 'sync:\n    - localSubPath: src\n    - localSubPath: b\n'),
    ],
    [
      'makes what is above',
      [insert(['dev', 'interactive', 'images'], { name: 'web' })],
      (text) => `${text}    interactive:\n        images:\n        - name: web\n`,
    ],
    [
      'removes an item with its comment',
      [remove('deployments', 1)],
      (text) => text.replace(/# The second[^]*extra\n/, ''),
    ],
    [
      'removes the first, whose comment may be about all',
      [remove('deployments', 0)],
      (text) => text.replace(/- name: web[^]*# flow\n/, ''),
    ],
    [
      'removes a section with the last thing in it',
      [remove('images', 'web')],
      (text) => text.replace(/images:[^]*quoted\n\n/, ''),
    ],
    [
      'removes all items',
      [remove('deployments', 0), remove('deployments', 1)],
      (text) => text.replace(/deployments:[^]*(?=# - name: off)/, ''),
    ],
    ['removes a key', [remove('version')], (text) => text.replace(/version.*\n\n/, '')],
  ])('%s', (_, edits, change) => {
    expect(edit(written, ...edits)).toBe(change(written));
    const crlf = written.replaceAll('\n', '\r\n');
    expect(edit(`\uFEFF${crlf}`, ...edits)).toBe(`\uFEFF${change(written).replaceAll('\n', '\r\n')}`);
  });

  it('keeps lists at their column, and blank lines between entries', () => {
    const text = 'commands:\n  - name: a\n\n  - name: b\n\nend: 1';
    expect(edit(text, insert(['commands'], { name: 'c' }))).toBe(
      'commands:\n  - name: a\n\n  - name: b\n\n  - name: c\n\nend: 1',
    );
    expect(edit(text, insert(['commands'], { name: 'c' }, 'start'))).toBe(
      'commands:\n  - name: c\n\n  - name: a\n\n  - name: b\n\nend: 1',
    );
    expect(edit(text, remove('commands', 0))).toBe('commands:\n  - name: b\n\nend: 1');
    expect(edit(text, remove('commands', 1))).toBe('commands:\n  - name: a\n\nend: 1');
    expect(edit(text, remove('end'))).toBe('commands:\n  - name: a\n\n  - name: b');
  });

  it.each<[string, string, Edit]>([
    ['a list that two places share', 'a: &x\n  - 1\nb: *x\n', insert(['a'], 2)],
    ['a list behind an alias', 'a: &x\n  - 1\nb: *x\n', insert(['b'], 2)],
    ['an item that an alias needs', 'a:\n  - &x 1\n  - 2\nb: *x\n', remove('a', 0)],
    ['a merged map', 'a: &x\n  k: 1\nb:\n  <<: *x\nc: 1\n', put(['a', 'l'], 2)],
    ['a text where a list should be', 'a: text\n', insert(['a'], 2)],
    ['a map where a list should be', 'a:\n  b: 1\n', insert(['a'], 2)],
    ['nothing', 'a: 1\n', remove('b')],
  ])('refuses to change %s', (_, text, change) => {
    expect(() => edit(text, change)).toThrow(expect.objectContaining({ code: 'CONFIG_NOT_EDITED' }));
  });

  it('says what to do instead', () => {
    expect(() => edit('a: &x [1]\nb: *x\n', insert(['a'], { n: 1 }))).toThrow(
      expect.objectContaining({ hint: 'change it in an editor: add to a: { n: 1 }' }),
    );
  });
});

const additions = fc.constantFrom<[Edit, (value: Config) => Edit]>(
  [put(['images', 'new'], { image: 'a/new' }), () => remove('images', 'new')],
  [
    insert(['deployments'], { name: 'new', kubectl: { manifests: ['x'] } }, 'start'),
    () => remove('deployments', 0),
  ],
  [
    insert(['deployments'], { name: 'new', kubectl: { manifests: ['x'] } }),
    (v) => remove('deployments', (v.deployments?.length ?? 1) - 1),
  ],
  [
    insert(['dev', 'ports'], { imageName: 'w', forward: [{ port: 9 }] }),
    (v) => remove('dev', 'ports', (v.dev?.ports?.length ?? 1) - 1),
  ],
  [insert(['dev', 'sync'], { imageName: 'w' }), () => remove('dev', 'sync', 0)],
  [insert(['commands'], { name: 'c', command: 'make' }), () => remove('commands', 0)],
);
interface Config {
  images?: Record<string, unknown>;
  deployments?: unknown[];
  dev?: { ports?: unknown[] };
}
const comments = (from: string) => from.match(/# .*\d/g) ?? [];

describe('any config', () => {
  it('is the same text again after an edit and its inverse', () => {
    fc.assert(
      fc.property(anyConfig, additions, (before, [add, undo]) => {
        const after = edit(before, add);
        expect(comments(after)).toEqual(comments(before));
        expect(after.includes('\r\n')).toBe(before.includes('\r\n'));
        expect(after).not.toMatch(before.includes('\r\n') ? /[^\r]\n/ : /\r/);
        expect(edit(after, undo(parse(after) as Config))).toBe(before);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('loses only what is removed', () => {
    fc.assert(
      fc.property(anyConfig, fc.nat(5), (before, nth) => {
        const value = parse(before) as Config;
        const places: Edit[] = [
          ...Object.keys(value.images ?? {}).map((name) => remove('images', name)),
          ...(value.deployments ?? []).map((_, index) => remove('deployments', index)),
          ...(value.dev?.ports ?? []).map((_, index) => remove('dev', 'ports', index)),
        ];
        const one = places[nth % places.length];
        if (!one) return;
        // The edit itself checks what the result means.
        const kept = edit(before, one).split(/\r?\n/);
        const lines = before.split(/\r?\n/);
        let at = 0;
        for (const line of kept) {
          while (at < lines.length && lines[at] !== line) at++;
          expect(at, `"${line}" is new`).toBeLessThan(lines.length);
          at++;
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
