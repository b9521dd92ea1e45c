import { itemsAt, valueAt, type Path } from '../path.js';
import { matches, regexpOf, RegexpTooSlow } from '../regexp.js';
import { VariableProblem } from '../vars/resolver.js';

/** What an activation looks at; what has no value is the empty text. */
export interface ActivationFacts {
  readonly env: (name: string) => string | undefined;
  readonly variable: (name: string) => Promise<string | undefined>;
}

/**
 * The names of the profiles of `root` that activate themselves, in the order of the file: those with an `activation` entry of which all regular
 * expressions match. Variables are only looked at where the environment matches. Throws {@link VariableProblem} at an expression that takes too long.
 */
export async function activatedProfiles(root: unknown, facts: ActivationFacts): Promise<string[]> {
  const names: string[] = [];
  for (const { path: profile } of itemsAt(root, ['profiles'])) {
    for (const { path: entry } of itemsAt(root, [...profile, 'activation'])) {
      const env = itemsAt(root, [...entry, 'env']);
      const vars = itemsAt(root, [...entry, 'vars']);
      if (env.length + vars.length === 0) continue;
      if (!env.every((one) => fits(one, facts.env(String(one.path.at(-1)))))) continue;
      let all = true;
      for (const one of vars) all &&= fits(one, await facts.variable(String(one.path.at(-1))));
      if (!all) continue;
      names.push(String(valueAt(root, [...profile, 'name'])));
      break;
    }
  }
  return names;
}

function fits({ path, value: pattern }: { path: Path; value: unknown }, value = ''): boolean {
  const regexp = regexpOf(String(pattern));
  try {
    return regexp !== undefined && matches(regexp, value);
  } catch (error) {
    if (!(error instanceof RegexpTooSlow)) throw error;
    throw new VariableProblem(`${error.message} for the value of ${path.at(-1)}`, path);
  }
}
