import { Budget } from './budget.js';
import type { Path } from './path.js';

/** What patches that copy could make of a small file has no end. */
const MOST_COPIED = 1_000_000;

type Key = string | number;

interface Entry {
  readonly path: Path;
  /** Made by devspace: what is in it has the same origin unless it has one of its own. */
  readonly made: boolean;
}

/**
 * Remembers where in the file each part of a changed config was written, so that errors after any step point at the user's own lines.
 * The config is a tree of plain data without shared objects: each object and list is known by its identity and keeps its origin wherever it
 * is moved. Texts, numbers and booleans are known by the object they are in and their key; who moves one has to say so ({@link move},
 * {@link splice}, {@link note}). Origins are paths in the source, see {@link ConfigSource.locate}.
 */
export class Origins {
  readonly #containers = new WeakMap<object, Entry>();
  readonly #keys = new WeakMap<object, Map<Key, Path>>();
  /** Each value of a config is copied a few times, and again for each profile that uses it. */
  readonly #budget = new Budget(MOST_COPIED);

  /** A copy of `value`; throws TooLarge after millions of values. Written at `path` of the source; without `path` its parts keep the origins they have. */
  copy<T>(value: T, path?: Path): T {
    return this.#copy(value, path) as T;
  }

  /** `container` was made because of what is written at `origin`. Returns it. */
  made<T extends object>(container: T, origin: Path): T {
    this.#containers.set(container, { path: origin, made: true });
    return container;
  }

  knows(container: object): boolean {
    return this.#containers.has(container);
  }

  /** Whether devspace made the container itself; what is in it may have been written. */
  isMade(container: object): boolean {
    return this.#containers.get(container)?.made ?? true;
  }

  /** The value behind `key` was written at `origin`, or made because of it. */
  note(holder: object, key: Key, origin: Path): void {
    let keys = this.#keys.get(holder);
    if (!keys) this.#keys.set(holder, (keys = new Map()));
    keys.set(key, origin);
  }

  /** Moves the value behind `key` of an object to `toKey` of another, or of the same. */
  move(from: Record<string, unknown>, key: string, to: Record<string, unknown>, toKey: string): void {
    const origin = this.#child(from, key, this.#entry(from, []));
    const value = from[key];
    delete from[key];
    this.#keys.get(from)?.delete(key);
    to[toKey] = value;
    this.note(to, toKey, origin.path);
  }

  /** Like `splice` of a list; the new items were written at `origin`. */
  splice(list: unknown[], start: number, remove: number, items: readonly unknown[], origin: Path): void {
    const entry = this.#entry(list, []);
    const origins = list.map((_, index) => this.#child(list, index, entry).path);
    list.splice(start, remove, ...items);
    origins.splice(start, remove, ...items.map(() => origin));
    this.#keys.set(list, new Map(origins.entries()));
  }

  /**
   * Where what is at `path` of `root` was written; of a path that is not there, where it would be. What was made points at its cause.
   */
  originOf(root: unknown, path: Path): Path {
    let at = root;
    let entry: Entry = isContainer(at) ? this.#entry(at, []) : { path: [], made: false };
    for (const key of path) {
      entry = isContainer(at)
        ? this.#child(at, key, entry)
        : { path: entry.made ? entry.path : [...entry.path, key], made: entry.made };
      at = childOf(at, key);
    }
    return entry.path;
  }

  #copy(value: unknown, path: Path | undefined): unknown {
    this.#budget.spend(value);
    if (!isContainer(value)) return value;
    const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {};
    for (const [key, item] of Object.entries(value) as [string, unknown][]) {
      const part = Array.isArray(value) ? Number(key) : key;
      const child = this.#copy(item, path && [...path, part]);
      // Not an assignment: a key may be called __proto__.
      Object.defineProperty(copy, part, {
        value: child,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    const known = this.#containers.get(value);
    const entry = path ? { path, made: false } : known;
    if (entry) this.#containers.set(copy, entry);
    const keys = path ? undefined : this.#keys.get(value);
    if (keys) this.#keys.set(copy, new Map(keys));
    return copy;
  }

  #child(holder: object, key: Key, entry: Entry): Entry {
    const value = childOf(holder, key);
    const own = isContainer(value) ? this.#containers.get(value) : undefined;
    if (own) return own;
    const noted = this.#keys.get(holder)?.get(key);
    // An object nobody told of is made by the one who changed its key.
    const made = isContainer(value) || (entry.made && !noted);
    return { path: noted ?? (entry.made ? entry.path : [...entry.path, key]), made };
  }

  #entry(container: object, path: Path): Entry {
    return this.#containers.get(container) ?? { path, made: true };
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function childOf(value: unknown, key: Key): unknown {
  if (!isContainer(value) || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<Key, unknown>)[key];
}
