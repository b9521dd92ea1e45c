import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExcludes } from '../../../src/sync/excludes/read-excludes.js';
import { put } from '../rig.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'devspace-excludes-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('exclude files', () => {
  it('come before what is written in the config, which wins', async () => {
    put(root, { '.dockerignore': '\uFEFFa\r\n# no\r\n\r\nb\r\n', up: 'u\n', 'deep/down': 'd' });
    const read = await readExcludes(root, {
      excludeFile: '.dockerignore',
      excludePaths: ['!a'],
      uploadExcludeFile: 'up',
      downloadExcludeFile: 'deep/down',
      downloadExcludePaths: ['e'],
    });
    expect(read.patterns).toEqual({
      excludePaths: ['a', 'b', '!a'],
      uploadExcludePaths: ['u'],
      downloadExcludePaths: ['d', 'e'],
    });
    expect(read.files).toEqual(['.dockerignore', 'up', 'deep/down'].map((name) => join(root, name)));
  });

  it('that is named must be there', async () => {
    await expect(readExcludes(root, { uploadExcludeFile: 'nowhere' })).rejects.toMatchObject({
      code: 'SYNC_EXCLUDE_FILE',
      message: expect.stringContaining(`nowhere of ${root}`) as unknown,
    });
  });
});

it('knows where each pattern is written', async () => {
  execFileSync('git', ['init', '--quiet', '--template=', root]);
  put(root, {
    '.gitignore': '# top\n\n*.log\n',
    'api/app/.gitignore': '/tmp\n',
    'api/.ignore': '\n*.log\n',
  });
  const read = await readExcludes(join(root, 'api'), {
    gitIgnore: true,
    excludeFile: '.ignore',
    excludePaths: ['*.log', 'x'],
  });
  const told = read.origins.excludePaths.map(({ file, written }, index) => {
    const from = file ? `${file.path}:${file.line} ${file.by}` : '';
    return [read.patterns.excludePaths?.[index], written, from];
  });
  expect(told).toEqual([
    ['*.log', '*.log', '../.gitignore:3 gitIgnore'],
    ['/app/tmp', '/tmp', 'app/.gitignore:1 gitIgnore'],
    ['*.log', '*.log', '.ignore:2 excludeFile'],
    ['*.log', '*.log', ''],
    ['x', 'x', ''],
  ]);
});

describe('gitIgnore', () => {
  it('without it, .gitignore is a file like others', async () => {
    put(root, { '.gitignore': 'a\n' });
    const none = { excludePaths: [], uploadExcludePaths: [], downloadExcludePaths: [] };
    expect(await readExcludes(root, {})).toEqual({ patterns: none, origins: none, files: [] });
  });

  it('reads each level, but not in what is excluded, and puts the own patterns last', async () => {
    execFileSync('git', ['init', '--quiet', '--template=', root]);
    put(root, {
      '.git/info/exclude': 'private\n',
      '.gitignore': 'dist/\n/vendor\n',
      'app/.gitignore': '/tmp\n',
      'dist/.gitignore': 'no\n',
      'vendor/.gitignore': 'yes\n',
      'other/.gitignore': 'no\n',
    });
    const read = await readExcludes(root, { gitIgnore: true, excludePaths: ['other', '!/vendor'] });
    expect(read.patterns.excludePaths).toEqual([
      'private',
      'dist/',
      '/vendor',
      '/app/tmp',
      '/vendor/**/yes',
      'other',
      '!/vendor',
    ]);
  });

  it('counts what lies above the folder, up to the top of the repository', async () => {
    execFileSync('git', ['init', '--quiet', '--template=', root]);
    put(root, { '.gitignore': 'node_modules/\n/services/api/dist\n/other\n', 'services/api/src/a': '' });
    const read = await readExcludes(join(root, 'services/api'), { gitIgnore: true });
    expect(read.patterns.excludePaths).toEqual(['node_modules/', '/dist']);
    expect(read.files).toContain(join(root, 'services/.gitignore'));
  });
});
