import ignore from 'ignore';

import type { Side } from './entry.js';
import { isGitCode } from './git-code.js';
import { asInManual } from './git-stars.js';
import { isReservedName } from './path.js';

/** gitignore patterns, one per element, by what they keep from being synced. */
export interface Patterns {
  excludePaths?: readonly string[] | undefined;
  uploadExcludePaths?: readonly string[] | undefined;
  downloadExcludePaths?: readonly string[] | undefined;
}

export interface Rules {
  /** Never looked at on either side. */
  excluded(path: string, directory: boolean): boolean;
  /** May not be changed on that side by sync (`remote`: upload excluded). Both sides are still looked at. */
  blocked(to: Side, path: string, directory: boolean): boolean;
}

/**
 * Compiles exclude patterns: gitignore rules relative to the root, case-sensitive, last match wins, nothing below an excluded directory comes
 * back. `.devspace` and sync's own names are excluded whatever the patterns say, and nothing that git would run comes from the container. The helper does the same from the same
 * `excludePaths` (helper/testdata/ignore holds cases both are tested with).
 */
export function compileRules(patterns: Patterns): Rules {
  const both = matcher(patterns.excludePaths ?? []);
  const upload = matcher(patterns.uploadExcludePaths ?? []);
  const download = matcher(patterns.downloadExcludePaths ?? []);
  return {
    excluded: (path, directory) => isOwn(path) || both(path, directory),
    blocked: (to, path, directory) =>
      to === 'remote' ? upload(path, directory) : isGitCode(path, directory) || download(path, directory),
  };
}

type Matcher = (path: string, directory: boolean) => boolean;

function matcher(patterns: readonly string[]): Matcher {
  const rules = ignore({ ignorecase: false, allowRelativePaths: true });
  // As objects, so that a pattern is not split at a newline in a file's name.
  for (const pattern of patterns.flatMap(asInManual)) rules.add({ pattern });
  if (patterns.length === 0) return () => false;
  return (path, directory) => path !== '' && rules.ignores(directory ? `${path}/` : path);
}

const isOwn = (path: string): boolean => path.includes('.devspace') && path.split('/').some(isReservedName);
