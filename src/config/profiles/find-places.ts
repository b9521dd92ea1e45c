import type { Path } from '../path.js';
import type { Step } from './patch-path.js';

/** A place in the config: a key of an object or an index of a list. */
export interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
  /** From the top. */
  readonly path: Path;
  /** False for a key that is not there yet, and for the end of a list. */
  readonly exists: boolean;
}

/** How far a path led, when it led to nothing. */
export interface DeadEnd {
  /** The last thing that is there. */
  readonly path: Path;
  readonly value: unknown;
  /** What was looked for in it. */
  readonly step: Step;
}

export type Found = { readonly places: readonly Place[] } | { readonly deadEnd: DeadEnd };

/** Not for profiles to change: wildcards leave them out. */
export const UNTOUCHABLE: readonly string[] = ['version', 'profiles'];

/**
 * All places of `root` that `steps` lead to, in the order of the config, each once. All steps but the last must lead to something that is there;
 * with `mayBeNew` the last may name a new key or the place behind the end of a list. Without a place the dead end that came farthest.
 */
export function findPlaces(
  root: unknown,
  steps: readonly Step[],
  { mayBeNew }: { mayBeNew: boolean },
): Found {
  const places: Place[] = [];
  let deadEnd: DeadEnd | undefined;
  const seen = new WeakMap<object, Set<string | number>>();
  const descended = steps.map(() => new WeakSet<object>());
  const failed = (path: Path, value: unknown, step: Step): void => {
    if (!deadEnd || path.length > deadEnd.path.length) deadEnd = { path, value, step };
  };
  const visit = (value: unknown, path: Path, index: number): void => {
    const step = steps[index];
    if (!step) return;
    const last = index === steps.length - 1;
    if (step.kind === 'below') {
      // Several of these in one path would come here again and again.
      if (typeof value !== 'object' || value === null || descended[index]?.has(value)) return;
      descended[index]?.add(value);
      visit(value, path, index + 1);
      for (const [key, item] of entriesOf(value, path)) visit(item, [...path, key], index);
      return;
    }
    const keys = keysFor(value, path, step, last && mayBeNew);
    if (keys.length === 0) failed(path, value, step);
    for (const key of keys) {
      const holder = value as Record<string, unknown> & unknown[];
      if (!last) visit(holder[key as number], [...path, key], index + 1);
      else {
        const known = seen.get(holder) ?? new Set();
        seen.set(holder, known);
        if (!known.has(key))
          places.push({ holder, key, path: [...path, key], exists: Object.hasOwn(holder, key) });
        known.add(key);
      }
    }
  };
  visit(root, [], 0);
  if (places.length > 0 || !deadEnd) return { places };
  return { deadEnd };
}

function keysFor(value: unknown, path: Path, step: Step, mayBeNew: boolean): (string | number)[] {
  if (typeof value !== 'object' || value === null) return [];
  switch (step.kind) {
    case 'all':
      return entriesOf(value, path).map(([key]) => key);
    case 'filter':
      return entriesOf(value, path)
        .filter(([, item]) => step.filter(item))
        .map(([key]) => key);
    case 'end':
      if (Array.isArray(value)) return mayBeNew ? [value.length] : [];
      return Object.hasOwn(value, '-') || mayBeNew ? ['-'] : [];
    case 'key':
      return keyIn(value, step.key, mayBeNew);
    default:
      return [];
  }
}

function keyIn(value: object, key: string, mayBeNew: boolean): (string | number)[] {
  if (!Array.isArray(value)) return mayBeNew || Object.hasOwn(value, key) ? [key] : [];
  if (!/^-?\d+$/.test(key)) return [];
  const index = Number(key) < 0 ? value.length + Number(key) : Number(key);
  return index >= 0 && index < value.length + (mayBeNew ? 1 : 0) ? [index] : [];
}

function entriesOf(value: unknown, path: Path): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item]);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return path.length > 0 ? entries : entries.filter(([key]) => !UNTOUCHABLE.includes(key));
}
