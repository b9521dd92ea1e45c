import { describe, expect, it } from 'vitest';
import { excludeLines } from '../../../src/sync/excludes/exclude-lines.js';
import { patternsAbove, patternsBelow } from '../../../src/sync/excludes/rebase-patterns.js';

describe('the lines of an exclude file', () => {
  it.each([
    ['', []],
    ['a\nb', ['a', 'b']],
    ['\uFEFFa\r\n\r\n# comment\r\n  \n!b\r\n\\#c\n', ['a', '!b', '\\#c']],
    ['a \n #b\n', ['a ', ' #b']],
  ])('%j', (text, lines) => {
    expect(excludeLines(text).map(({ pattern }) => pattern)).toEqual(lines);
  });
});

describe('patterns of a folder below', () => {
  it.each([
    ['sub', 'a', '/sub/**/a'],
    ['sub', 'a/', '/sub/**/a/'],
    ['sub', '/a', '/sub/a'],
    ['sub/deep', 'a/b', '/sub/deep/a/b'],
    ['sub', '!a', '!/sub/**/a'],
    ['sub', '!/a/', '!/sub/a/'],
    ['sub', '**/a', '/sub/**/a'],
    ['sub', 'a  ', '/sub/**/a'],
    ['sub', 'a\\ ', '/sub/**/a\\ '],
    ['sub', '\\!a', '/sub/**/\\!a'],
    ['a*[b]', 'c', '/a\\*\\[b\\]/**/c'],
    ['#a !b\\', 'c', '/\\#a\\ \\!b\\\\/**/c'],
    ['', '/a', '/a'],
  ])('%j: %j', (directory, pattern, expected) => {
    expect(patternsBelow(directory, [pattern])).toEqual([expected]);
  });

  it.each(['/', '!', '!/', ' '])('%j means nothing', (pattern) => {
    expect(patternsBelow('sub', [pattern])).toEqual([]);
  });
});

describe('patterns of a folder above', () => {
  it.each([
    ['app', 'node_modules/', ['node_modules/']],
    ['app', '!*.log', ['!*.log']],
    ['app', '/app/build', ['/build']],
    ['app', 'app/build/', ['/build/']],
    ['app', '!/app/a/b', ['!/a/b']],
    ['services/api', 'services/*/dist', ['/dist']],
    ['services/api', '**/dist', ['/**/dist']],
    ['services/api', '/**/api/dist', ['/**/api/dist', '/dist']],
    ['app', '/app/**', ['/**']],
    ['app', '/**', ['/**']],
    ['app', '/other/build', []],
    ['app', '/app', []],
    ['app', '/app/', []],
    ['app', 'app /build', []],
    ['app', 'a**/build', ['/**/build']],
  ])('%j: %j', (below, pattern, expected) => {
    expect(patternsAbove(below, [pattern]).sort()).toEqual([...expected].sort());
  });
});
