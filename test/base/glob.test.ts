import { describe, expect, it } from 'vitest';
import { globTest } from '../../src/base/glob.js';

describe('globs', () => {
  it.each([
    ['package.json', ['package.json'], ['a/package.json', 'package_json']],
    ['./package.json', ['package.json'], ['a/package.json']],
    ['/src/*.ts', ['src/a.ts', 'src/.ts'], ['src/a/b.ts', 'a/src/a.ts']],
    ['**/*.go', ['a.go', 'a/b/c.go'], ['a.gox']],
    ['src/**', ['src/a', 'src/a/b'], ['src', 'srcs/a']],
    ['src/**/test/?.ts', ['src/test/a.ts', 'src/a/b/test/b.ts'], ['src/test/ab.ts']],
    ['{package,package-lock}.json', ['package.json', 'package-lock.json'], ['packages.json']],
    ['a{b,{c,d}e}', ['ab', 'ace', 'ade'], ['a', 'ae']],
    ['[a-c][!x]', ['ab', 'cz'], ['ax', 'db', 'a/']],
    ['a\\*b', ['a*b'], ['aab']],
    ['a(b)+.c', ['a(b)+.c'], ['ab.c']],
    ['a{b', ['a{b'], ['ab']],
    ['a,b}', ['a,b}'], ['a']],
    ['ü?/*', ['ü🎉/x'], ['u/x']],
  ])('%j', (glob, yes, no) => {
    const test = globTest(glob);
    expect(yes.filter((path) => !test(path))).toEqual([]);
    expect(no.filter((path) => test(path))).toEqual([]);
  });
});
