import { itemsAt, valueAt, type Path } from '../path.js';

/**
 * A place in every config of a version: `images.*.build.docker`, where `*` is any key of a map or item of a list.
 * Keys with dots or stars of their own cannot be named; no version of the format has one.
 */
export type Pattern = string;

/** The paths of `root` that `pattern` describes and at which something is written, in file order. */
export function matches(root: unknown, pattern: Pattern): Path[] {
  let paths: Path[] = [[]];
  for (const part of pattern === '' ? [] : pattern.split('.')) {
    if (part === '*') paths = paths.flatMap((path) => itemsAt(root, path).map((item) => item.path));
    else {
      paths = paths
        .map((path) => [...path, part])
        .filter((path) => !Array.isArray(valueAt(root, path.slice(0, -1))));
    }
  }
  return paths.filter((path) => valueAt(root, path) !== undefined);
}

/** `pattern` with its stars replaced by what `path`, which `like` describes, has in place of its own, in order. */
export function filledIn(pattern: Pattern, like: Pattern, path: Path): Path {
  const stars = like.split('.').flatMap((part, index) => (part === '*' ? [path[index] ?? ''] : []));
  return pattern.split('.').map((part) => (part === '*' ? (stars.shift() ?? '') : part));
}

/** Whether `pattern` describes `path`, up to the shorter of the two when `prefix` is set. */
export function describes(pattern: Pattern, path: Path, { prefix = false } = {}): boolean {
  const parts = pattern.split('.');
  if (!prefix && parts.length !== path.length) return false;
  return parts.slice(0, path.length).every((part, index) => part === '*' || part === path[index]);
}
