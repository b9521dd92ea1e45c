import ignore from 'ignore';

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
    for (const pattern of patterns[list] ?? []) rules.add({ pattern });
    const { rule } = rules.test(directory ? `${path}/` : path);
    if (rule !== undefined) found.push({ list, pattern: rule.pattern });
  }
  return found;
}
