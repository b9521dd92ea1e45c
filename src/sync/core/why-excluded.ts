import ignore from 'ignore';

import { asInManual } from './git-stars.js';
import { compileRules, type Patterns } from './ignore.js';

export interface Exclusion {
  list: 'excludePaths' | 'uploadExcludePaths' | 'downloadExcludePaths';
  /** The pattern that decides. */
  pattern: string;
}

const lists = ['excludePaths', 'uploadExcludePaths', 'downloadExcludePaths'] as const;

/** Which patterns leave the path, or a directory above it, out. `own`: it is one of sync's own. */
export function whyExcluded(patterns: Patterns, path: string, directory: boolean): Exclusion[] | 'own' {
  if (compileRules({}).excluded(path, directory)) return 'own';
  const found: Exclusion[] = [];
  for (const list of lists) {
    const rules = ignore({ ignorecase: false, allowRelativePaths: true });
    for (const written of patterns[list] ?? [])
      for (const pattern of asInManual(written)) rules.add({ pattern, mark: written });
    const { rule } = rules.test(directory ? `${path}/` : path);
    if (rule !== undefined) found.push({ list, pattern: rule.mark ?? rule.pattern });
  }
  return found;
}
