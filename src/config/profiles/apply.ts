import type { Diagnostic } from '../diagnostic.js';
import type { Origins } from '../origins.js';
import { itemsAt, valueAt, type Path } from '../path.js';
import type { ConfigSource } from '../source.js';
import { mergeInto } from './merge.js';
import { applyPatch, type Patch } from './patch.js';

type Data = Record<string, unknown>;

/**
 * Applies the profiles at these indexes of `root.profiles` to `root`, in place: of each first `replace`, then `merge`, `strategicMerge` and
 * `patches`. `source` finds paths of `root` in the file. What cannot be applied is a problem at its line; the rest is applied all the same, so
 * that all problems show at once. The profiles must fit the schema.
 */
export function applyProfiles(
  root: Data,
  order: readonly number[],
  { forgiving, origins, source }: { origins: Origins; source: ConfigSource; forgiving: boolean },
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const refuse = (path: Path, message: string, hint?: string): void => {
    problems.push(source.diagnose('CONFIG_INVALID', path, message, { hint }));
  };
  for (const index of order) {
    const profile: Path = ['profiles', index];
    for (const { path } of itemsAt(root, [...profile, 'replace'])) {
      const section = String(path.at(-1));
      if (section === 'version' || section === 'profiles') refuse(path, 'a profile cannot replace this');
      else {
        const origin = origins.originOf(root, path);
        root[section] = origins.copy(valueAt(root, path));
        origins.note(root, section, origin);
      }
    }
    for (const [key, kind] of [
      ['merge', 'merge'],
      ['strategicMerge', 'strategic'],
    ] as const) {
      const at = [...profile, key];
      const patch = valueAt(root, at) as Data | undefined;
      if (patch === undefined || patch === null) continue;
      const forbidden = ['version', 'profiles'].find((name) => Object.hasOwn(patch, name));
      if (forbidden !== undefined) refuse([...at, forbidden], 'a profile cannot change this');
      else mergeInto(root, patch, { kind, origins, root, at });
    }
    for (const { path, value } of itemsAt(root, [...profile, 'patches'])) {
      const origin = origins.originOf(root, [...path, 'value']);
      const problem = applyPatch(root, value as Patch, { origins, origin, forgiving });
      if (problem) refuse([...path, problem.key], problem.message, problem.hint);
    }
  }
  return problems;
}
