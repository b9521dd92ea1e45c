import { describe, expect, it } from 'vitest';
import { Origins } from '../../../src/config/origins.js';
import { mergeInto } from '../../../src/config/profiles/merge.js';

function merged(
  kind: 'merge' | 'strategic',
  target: Record<string, unknown>,
  patch: Record<string, unknown>,
) {
  const origins = new Origins();
  const root = origins.copy({ target, patch }, []);
  mergeInto(root.target, root.patch, { kind, origins, root, at: ['patch'] });
  return { result: root.target, origins, root };
}

describe('merge', () => {
  // The examples of RFC 7396, appendix A, as far as both sides are objects.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, expected) => {
    expect(merged('merge', target, patch).result).toEqual(expected);
  });

  it('knows where everything was written', () => {
    const { origins, root } = merged('merge', { a: { b: 1, c: 2 } }, { a: { b: 3, d: { e: 4 } } });
    expect(origins.originOf(root, ['target', 'a', 'b'])).toEqual(['patch', 'a', 'b']);
    expect(origins.originOf(root, ['target', 'a', 'c'])).toEqual(['target', 'a', 'c']);
    expect(origins.originOf(root, ['target', 'a', 'd', 'e'])).toEqual(['patch', 'a', 'd', 'e']);
  });
});

describe('strategic merge', () => {
  const target = {
    list: [
      { name: 'a', x: 1 },
      { name: 'b', x: 2 },
    ],
    texts: ['one'],
  };

  it.each([
    [
      'merges named items',
      { list: [{ name: 'b', y: 3 }] },
      [
        { name: 'a', x: 1 },
        { name: 'b', x: 2, y: 3 },
      ],
    ],
    ['appends new ones', { list: [{ name: 'c' }] }, [...target.list, { name: 'c' }]],
    ['deletes', { list: [{ name: 'a', $patch: 'delete' }] }, [{ name: 'b', x: 2 }]],
    [
      'replaces',
      { list: [{ name: 'a', $patch: 'replace', z: 1 }] },
      [
        { name: 'a', z: 1 },
        { name: 'b', x: 2 },
      ],
    ],
    ['replaces lists without names', { list: ['x'] }, ['x']],
  ])('%s', (_what, patch, expected) => {
    expect(merged('strategic', target, patch).result).toEqual({ ...target, list: expected });
  });

  it('takes directives of objects, and none into the config', () => {
    expect(
      merged(
        'strategic',
        { a: { b: 1 }, c: { d: 1 } },
        { a: { $patch: 'replace', e: 2 }, c: { $patch: 'delete' } },
      ).result,
    ).toEqual({ a: { e: 2 } });
  });
});
