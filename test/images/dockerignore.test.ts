import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/base/failure.js';
import { parseDockerignore } from '../../src/images/dockerignore.js';

function excluded(patterns: string, path: string): boolean {
  const ignore = parseDockerignore(patterns);
  const names = path.split('/');
  let match = ignore.root;
  for (let depth = 1; depth <= names.length; depth++)
    match = ignore.match(names.slice(0, depth).join('/'), match);
  return match.excluded;
}

describe('dockerignore', () => {
  // The rules and examples of Docker's documentation, one by one.
  it.each([
    ['# comment', '# comment', false],
    [' # no comment', '# no comment', true],
    ['*/temp*', 'somedir/temporary.txt', true],
    ['*/temp*', 'somedir/temp', true],
    ['*/temp*', 'temp', false],
    ['*/*/temp*', 'somedir/subdir/temporary.txt', true],
    ['*/*/temp*', 'somedir/temporary.txt', false],
    ['temp?', 'tempa', true],
    ['temp?', 'temp', false],
    ['temp?', 'x/tempa', false],
    ['foo/bar', 'foo/bar', true],
    ['/foo/bar/', 'foo/bar', true],
    ['/foo/bar', 'a/foo/bar', false],
    ['foo', 'foo/bar/baz', true],
    ['foo', 'a/foo', false],
    ['./foo', 'foo', true],
    ['a/../foo//bar', 'foo/bar', true],
    ['.', 'foo', false],
    ['/', 'foo', false],
    ['**/*.go', 'a.go', true],
    ['**/*.go', 'x/y/a.go', true],
    ['**/*.go', 'x/y/a.gox', false],
    ['**/foo', 'foo', true],
    ['**/foo', 'a/b/foo/c', true],
    ['**/foo', 'a/xfoo', false],
    ['**/foo/bar', 'x/foo/bar', true],
    ['foo/**', 'foo', false],
    ['foo/**', 'foo/a/b', true],
    ['foo/**/x', 'foo/x', true],
    ['foo/**/x', 'foo/a/b/x', true],
    ['**', 'anything/at.all', true],
    ['**.log', 'x/a.log', true],
    ['*.md\n!README.md', 'README.md', false],
    ['*.md\n!README.md', 'other.md', true],
    ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
    ['*.md\n!README*.md\nREADME-secret.md', 'README-x.md', false],
    ['*.md\nREADME-secret.md\n!README*.md', 'README-secret.md', false],
    ['*.md', 'docs/a.md', false],
    ['*\n!src', 'src/deep/a.js', false],
    ['*\n!src', 'other/a.js', true],
    ['*\n!src/keep.js', 'src/keep.js', false],
    ['*\n!src/keep.js', 'src/other.js', true],
    ['build\n!**/keep', 'build/a/keep', false],
    ['! a', 'a', false],
    ['a[0-9]', 'a7', true],
    ['a[^0-9]', 'a7', false],
    ['a.b', 'axb', false],
    ['a+(b)', 'a+(b)', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['\uFEFFfoo', 'foo', true],
    ['foo\r\nbar\r', 'bar', true],
    ['node_modules', 'sub/node_modules', false],
  ])('%j on %s', (patterns, path, expected) => {
    expect(excluded(patterns, path)).toBe(expected);
  });

  it.each([
    ['build\n!build/keep', 'build', true],
    ['build\n!build/keep', 'build/other', false],
    ['build\n!build/a/keep', 'build/a', true],
    ['build\n!**/keep', 'build', true],
    ['build\n!src/keep', 'build', false],
    ['build\n!build', 'build/x', true],
    ['build', 'build', false],
  ])('%j: a walk enters %s although it is excluded: %s', (patterns, folder, expected) => {
    expect(parseDockerignore(patterns).mayReinclude(folder)).toBe(expected);
  });

  it.each(['a\n!', 'a\n[', 'a\n[z-a]'])('names the line of a pattern Docker refuses: %j', (text) => {
    let failure: unknown;
    try {
      parseDockerignore(text, 'app/.dockerignore');
    } catch (error) {
      failure = error;
    }
    expect(isFailure(failure, 'DOCKERIGNORE_INVALID') && failure.subject).toBe('app/.dockerignore:2');
  });
});
