import { describe, expect, it } from 'vitest';
import type { Patterns } from '../../../src/sync/core/ignore.js';
import { whyExcluded } from '../../../src/sync/core/why-excluded.js';

const excludePaths = ['*.log', '!keep.log', 'node_modules/', '/dist'];

describe('whyExcluded', () => {
  it.each<[string, boolean, Patterns, ReturnType<typeof whyExcluded>]>([
    ['a.log', false, { excludePaths }, [{ list: 'excludePaths', pattern: '*.log' }]],
    ['keep.log', false, { excludePaths }, []],
    ['a/node_modules/x/y.js', false, { excludePaths }, [{ list: 'excludePaths', pattern: 'node_modules/' }]],
    ['dist', true, { excludePaths }, [{ list: 'excludePaths', pattern: '/dist' }]],
    ['a/dist', true, { excludePaths }, []],
    ['ab/c/d', false, { excludePaths: ['a**/d'] }, [{ list: 'excludePaths', pattern: 'a**/d' }]],
    ['a.js', false, {}, []],
    [
      'a.js',
      false,
      { uploadExcludePaths: ['*.js'], downloadExcludePaths: ['a.*'] },
      [
        { list: 'uploadExcludePaths', pattern: '*.js' },
        { list: 'downloadExcludePaths', pattern: 'a.*' },
      ],
    ],
    ['.devspace/sync/x', false, {}, 'own'],
    ['a/.devspace-stage-1', false, {}, 'own'],
  ])('%s (directory: %s) with %j', (path, directory, patterns, expected) => {
    expect(whyExcluded(patterns, path, directory)).toEqual(expected);
  });
});
