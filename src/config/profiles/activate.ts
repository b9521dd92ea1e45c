import { itemsAt, valueAt } from '../path.js';
import { regexpOf } from '../regexp.js';

/** What an activation looks at; what has no value is the empty text. */
export interface ActivationFacts {
  readonly env: (name: string) => string | undefined;
  readonly variable: (name: string) => Promise<string | undefined>;
}

/**
 * The names of the profiles of `root` that activate themselves, in the order of the file: those with an `activation` entry of which all regular
 * expressions match. Variables are only looked at where the environment matches.
 */
export async function activatedProfiles(root: unknown, facts: ActivationFacts): Promise<string[]> {
  const names: string[] = [];
  for (const { value: profile } of itemsAt(root, ['profiles'])) {
    for (const { value: entry } of itemsAt(profile, ['activation'])) {
      const env = itemsAt(entry, ['env']);
      const vars = itemsAt(entry, ['vars']);
      if (env.length + vars.length === 0) continue;
      if (!env.every(({ path, value }) => matches(value, facts.env(String(path.at(-1)))))) continue;
      let all = true;
      for (const { path, value } of vars) all &&= matches(value, await facts.variable(String(path.at(-1))));
      if (!all) continue;
      names.push(String(valueAt(profile, ['name'])));
      break;
    }
  }
  return names;
}

function matches(pattern: unknown, value = ''): boolean {
  return regexpOf(String(pattern))?.test(value) === true;
}
