import { nearest } from '../suggest.js';

/** What decides about the order of profiles. */
export interface ProfileHead {
  readonly name: string;
  readonly parent?: string | undefined;
  readonly parents?: readonly { readonly profile: string; readonly source?: unknown }[] | undefined;
}

/** Why profiles cannot be put in order. `at`: the index of the profile and the key that names the wrong one; without it, who chose is wrong. */
export interface ChoiceProblem {
  readonly at?: { readonly index: number; readonly key: readonly (string | number)[] };
  readonly code: 'CONFIG_INVALID' | 'CONFIG_UNSUPPORTED';
  readonly message: string;
  readonly hint?: string | undefined;
}

const MOST_PARENTS = 100;

/**
 * The indexes of the chosen profiles in the order they are applied: parents before what names them, each profile once. Names that do not exist and
 * circles of parents are problems.
 */
export function orderProfiles(
  profiles: readonly ProfileHead[],
  chosen: readonly string[],
): { order: readonly number[]; problems: readonly ChoiceProblem[] } {
  const order: number[] = [];
  const problems: ChoiceProblem[] = [];
  const path: number[] = [];
  const names = profiles.map(({ name }) => name);
  const done = new Set<number>();
  const visit = (name: string, at?: ChoiceProblem['at']): void => {
    const index = names.indexOf(name);
    if (index < 0) {
      problems.push({ ...(at && { at }), code: 'CONFIG_INVALID', ...noSuchProfile(name, names) });
      return;
    }
    if (path.includes(index)) {
      const circle = [...path.slice(path.indexOf(index)), index].map((one) => names[one]);
      problems.push({
        ...(at && { at }),
        code: 'CONFIG_INVALID',
        message: `the parents form a circle: ${circle.join(' -> ')}`,
      });
      return;
    }
    if (done.has(index)) return;
    if (path.length > MOST_PARENTS) {
      done.add(index);
      const message = `more than ${MOST_PARENTS} parents in a row`;
      problems.push({ ...(at && { at }), code: 'CONFIG_INVALID', message });
      return;
    }
    path.push(index);
    for (const { key, name: parent, source } of parentsOf(profiles[index])) {
      if (source === undefined) visit(parent, { index, key });
      else {
        problems.push({
          at: { index, key: [...key.slice(0, 2), 'source'] },
          code: 'CONFIG_UNSUPPORTED',
          message: 'profiles of other projects are not supported',
          hint: 'copy the profile into this file',
        });
      }
    }
    path.pop();
    order.push(index);
    done.add(index);
  };
  for (const name of chosen) visit(name);
  return { order, problems };
}

function parentsOf(profile: ProfileHead | undefined) {
  const list = (profile?.parents ?? []).map(({ profile: name, source }, position) => ({
    key: ['parents', position, 'profile'],
    name,
    source,
  }));
  return profile?.parent === undefined
    ? list
    : [{ key: ['parent'], name: profile.parent, source: undefined }, ...list];
}

function noSuchProfile(
  name: string,
  names: readonly string[],
): { message: string; hint?: string | undefined } {
  const meant = nearest(name, names);
  return {
    message: `there is no profile ${JSON.stringify(name)}${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
    hint: names.length > 0 ? `profiles: ${names.join(', ')}` : 'this file has no profiles',
  };
}
