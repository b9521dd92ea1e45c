import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileRules } from '../../../src/sync/core/ignore.js';

interface Vectors {
  patterns: string[];
  cases: { path: string; dir: boolean; ignored: boolean }[];
}

const directory = new URL('../../../helper/testdata/ignore/', import.meta.url);

describe('exclude patterns, as the helper has them', () => {
  for (const file of readdirSync(directory)) {
    const { patterns, cases } = JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as Vectors;
    const rules = compileRules({ excludePaths: patterns });
    it(file, () => {
      const wrong = cases.filter(({ path, dir, ignored }) => rules.excluded(path, dir) !== ignored);
      expect(wrong).toEqual([]);
    });
  }
});

describe('the lists', () => {
  const rules = compileRules({
    excludePaths: ['*.log'],
    uploadExcludePaths: ['node_modules/'],
    downloadExcludePaths: ['tmp'],
  });

  it.each([
    ['a.log', true, false, false],
    ['node_modules/x/y', false, true, false],
    ['tmp/x', false, false, true],
    ['src/a.ts', false, false, false],
  ])('%s', (path, excluded, upload, download) => {
    expect([
      rules.excluded(path, false),
      rules.blocked('remote', path, false),
      rules.blocked('local', path, false),
    ]).toEqual([excluded, upload, download]);
  });

  it.each([
    '.devspace',
    '.devspace/trash/x',
    '.devspace-stage-1',
    'a/.devspace-abc/helper',
    'app/.devspace/x',
  ])('%s is always excluded', (path) => {
    expect(compileRules({ excludePaths: ['!.devspace', '!*'] }).excluded(path, true)).toBe(true);
  });
});
