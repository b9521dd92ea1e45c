import { describe, expect, it } from 'vitest';
import { derive } from '../../src/config/derived.js';
import { Origins } from '../../src/config/origins.js';
import { readSource } from '../../src/config/full-source.js';

function start(text: string) {
  const source = readSource('devspace.yaml', text);
  const origins = new Origins();
  const root = origins.copy(source.value, []) as Record<string, Record<string, unknown>>;
  return { source, origins, root };
}

describe('Origins', () => {
  it('knows what was not touched, and where something would be', () => {
    const { origins, root } = start('a: {b: [1, {c: 2}]}');
    expect(origins.originOf(root, ['a', 'b', 1, 'c'])).toEqual(['a', 'b', 1, 'c']);
    expect(origins.originOf(root, ['a', 'x', 'y'])).toEqual(['a', 'x', 'y']);
    expect(origins.originOf(root, [])).toEqual([]);
  });

  it('follows objects wherever they go, without being told', () => {
    const { origins, root } = start('a: {b: [1, {c: 2}]}\nz: {}');
    root['z'] = { new: (root['a']!['b'] as unknown[])[1] };
    expect(origins.originOf(root, ['z', 'new', 'c'])).toEqual(['a', 'b', 1, 'c']);
  });

  it('follows moved values', () => {
    const { origins, root } = start('a: {b: 1}\nz: {}');
    origins.move(root['a']!, 'b', root['z']!, 'c');
    expect(root).toEqual({ a: {}, z: { c: 1 } });
    expect(origins.originOf(root, ['z', 'c'])).toEqual(['a', 'b']);
    origins.move(root['z']!, 'c', root['a']!, 'd');
    expect(origins.originOf(root, ['a', 'd'])).toEqual(['a', 'b']);
    expect(origins.originOf(root, ['z', 'c'])).toEqual(['z', 'c']);
  });

  it('points from what was made to its cause', () => {
    const { origins, root } = start('a: {b: 1}\np: {q: 2}');
    root['made'] = origins.made({ x: 1, y: { z: 2 } }, ['p', 'q']);
    origins.note(root['made'], 'x', ['a', 'b']);
    expect(origins.originOf(root, ['made'])).toEqual(['p', 'q']);
    expect(origins.originOf(root, ['made', 'y', 'z'])).toEqual(['p', 'q']);
    expect(origins.originOf(root, ['made', 'missing'])).toEqual(['p', 'q']);
    expect(origins.originOf(root, ['made', 'x'])).toEqual(['a', 'b']);
  });

  it('points from what nobody told of to the place it took', () => {
    const { origins, root } = start('a: {b: 1}');
    root['a']!['b'] = { x: { y: 1 } };
    expect(origins.originOf(root, ['a', 'b', 'x', 'y'])).toEqual(['a', 'b']);
  });

  it('keeps the items of a list apart', () => {
    const { origins, root } = start('a: {l: [x, y, z]}\np: v');
    origins.splice(root['a']!['l'] as unknown[], 0, 1, ['n', 'm'], ['p']);
    origins.splice(root['a']!['l'] as unknown[], 3, 1, [], []);
    expect(root['a']).toEqual({ l: ['n', 'm', 'y'] });
    expect([0, 1, 2].map((index) => origins.originOf(root, ['a', 'l', index]))).toEqual([
      ['p'],
      ['p'],
      ['a', 'l', 1],
    ]);
  });

  it('keeps origins in copies', () => {
    const { origins, root } = start('a: {b: 1, c: {d: 2}}\nz: {}');
    origins.move(root['a']!, 'b', root['z']!, 'b');
    const copy = origins.copy(root);
    expect(copy).toEqual(root);
    expect(origins.originOf({ copy }, ['copy', 'z', 'b'])).toEqual(['a', 'b']);
    expect(origins.originOf({ copy }, ['copy', 'a', 'c', 'd'])).toEqual(['a', 'c', 'd']);
  });

  it('is not confused by names of object methods', () => {
    const { origins, root } = start('a: {toString: {x: 1}, constructor: 2}');
    expect(Object.keys(root['a']!)).toEqual(['toString', 'constructor']);
    expect(origins.originOf(root, ['a', 'toString', 'x'])).toEqual(['a', 'toString', 'x']);
    expect(origins.originOf(root, ['toString', 'x'])).toEqual(['toString', 'x']);
  });
});

describe('derive', () => {
  it('shows the lines of the file', () => {
    const { source, origins, root } = start('old:\n  key: 1.10\nprofiles:\n- replace: {images: {a: no}}\n');
    root['new'] = {};
    origins.move(root['old']!, 'key', root['new'], 'name');
    const profile = (root['profiles'] as unknown as { replace: { images: object } }[])[0];
    root['images'] = origins.copy(profile?.replace.images) as Record<string, unknown>;
    const derived = derive(source, root, origins);
    expect(derived.locate(['new', 'name'])).toEqual({ line: 2, column: 8, length: 4 });
    expect(derived.plainText(['new', 'name'])).toBe('1.10');
    expect(derived.diagnose('CONFIG_INVALID', ['new', 'name'], 'wrong')).toMatchObject({
      message: 'old.key: wrong',
      path: ['old', 'key'],
      frame: ['  2 |   key: 1.10', '    |        ~~~~'],
    });
    expect(derived.diagnose('CONFIG_INVALID', ['images', 'a'], 'wrong')).toMatchObject({
      message: 'images.a (set in profiles[0].replace.images.a): wrong',
      span: { line: 4, column: 25, length: 2 },
    });
  });

  it('does not take the name of a variable for its value', () => {
    const { source, origins, root } = start('a:\n  port: ${PORT}\n');
    root['a']!['port'] = 8080;
    const derived = derive(source, root, origins);
    expect(derived.plainText(['a', 'port'])).toBeUndefined();
  });
});
