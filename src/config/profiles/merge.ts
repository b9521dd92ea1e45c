import type { Origins } from '../origins.js';
import type { Path } from '../path.js';

type Data = Record<string, unknown>;

/** How two lists become one. */
type Lists = 'replace' | 'by-name';

/**
 * Merges `patch` into `target`, in place. `merge` (RFC 7396): objects are merged, null removes, everything else replaces. `strategic`, as Kubernetes
 * does it: besides, lists whose items all have a name are merged by it, and `$patch: delete` or `$patch: replace` in an object says what to do
 * with it. `at` is the path of `patch` in `root`.
 */
export function mergeInto(
  target: Data,
  patch: Data,
  { at, kind, origins, root }: { kind: 'merge' | 'strategic'; origins: Origins; root: object; at: Path },
): void {
  const lists: Lists = kind === 'strategic' ? 'by-name' : 'replace';
  const merge = (to: Data, from: Data, path: Path): void => {
    for (const [key, value] of Object.entries(from)) {
      if (lists === 'by-name' && key === '$patch') continue;
      const below = [...path, key];
      const is = Object.hasOwn(to, key) ? to[key] : undefined;
      if (value === null) delete to[key];
      else if (lists === 'by-name' && directive(value) === 'delete') delete to[key];
      else if (isObject(value) && isObject(is) && (lists === 'replace' || directive(value) !== 'replace'))
        merge(is, value, below);
      else if (lists === 'by-name' && isNamed(is) && isNamed(value)) mergeLists(is, value, below);
      else set(to, key, value, below);
    }
  };
  const set = (to: Data, key: string, value: unknown, path: Path): void => {
    const origin = origins.originOf(root, path);
    // What is not there yet is merged with nothing: null and directives in it go away.
    const fresh: unknown = isObject(value) ? origins.made({}, origin) : cleaned(origins.copy(value));
    Object.defineProperty(to, key, { value: fresh, enumerable: true, writable: true, configurable: true });
    origins.note(to, key, origin);
    if (isObject(value)) merge(fresh as Data, value, path);
  };
  const cleaned = (value: unknown): unknown => {
    if (lists === 'by-name' && Array.isArray(value))
      for (const item of value) if (isObject(item)) delete item['$patch'];
    return value;
  };
  const mergeLists = (to: Data[], from: readonly Data[], path: Path): void => {
    for (const [index, item] of from.entries()) {
      const below = [...path, index];
      const position = to.findIndex(({ name }) => name === item['name']);
      const existing = to[position];
      const todo = directive(item);
      if (todo === 'delete') {
        if (existing) origins.splice(to, position, 1, [], origins.originOf(root, path));
      } else if (existing && todo !== 'replace') merge(existing, item, below);
      else {
        const fresh = cleaned([origins.copy(item)]) as Data[];
        origins.splice(
          to,
          existing ? position : to.length,
          existing ? 1 : 0,
          fresh,
          origins.originOf(root, below),
        );
      }
    }
  };
  merge(target, patch, at);
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamed(value: unknown): value is Data[] {
  return Array.isArray(value) && value.every((item) => isObject(item) && typeof item['name'] === 'string');
}

function directive(value: unknown): unknown {
  return isObject(value) ? value['$patch'] : undefined;
}
