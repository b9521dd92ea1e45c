import { describe, expect, it } from 'vitest';

import { isGitCode } from '../../../src/sync/core/git-code.js';
import { compileRules } from '../../../src/sync/core/ignore.js';

describe('what git would run', () => {
  it.each([
    ['.git/config', false],
    ['.git/hooks', true],
    ['.git/hooks/pre-commit', false],
    ['.git/modules/lib/hooks/post-checkout', false],
    ['.git/modules/lib/config', false],
    ['.git/worktrees/other/config.worktree', false],
    ['.git/worktrees/other/commondir', false],
    ['sub/.GIT/Config', false],
    ['.git', false],
    ['sub/.git', false],
  ])('%s does not come from the container', (path, directory) => {
    expect(isGitCode(path, directory)).toBe(true);
    const rules = compileRules({});
    expect(rules.blocked('local', path, directory)).toBe(true);
    expect(rules.blocked('remote', path, directory)).toBe(false);
  });

  it.each([
    ['.git', true],
    ['.git/HEAD', false],
    ['.git/index', false],
    ['.git/objects/ab/cdef', false],
    ['.git/config', true],
    ['config', false],
    ['hooks/useThing.ts', false],
    ['.github/hooks/x', false],
    ['a.git/hooks/x', false],
  ])('%s is an ordinary path (directory: %s)', (path, directory) => {
    expect(isGitCode(path, directory)).toBe(false);
  });
});
