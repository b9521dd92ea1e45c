import type { Entry } from './entry.js';
import { parentOf, parentsOf } from './path.js';

/** What a side is believed to have: path → entry, flat, with the number of children of each directory. The root itself is not in it. */
export class Tree {
  readonly #entries = new Map<string, Entry>();
  readonly #children = new Map<string, number>();

  get size(): number {
    return this.#entries.size;
  }

  get(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  /** How many entries lie directly in the directory. */
  childCount(directory: string): number {
    return this.#children.get(directory) ?? 0;
  }

  set(path: string, entry: Entry): void {
    if (path === '') return;
    const before = this.#entries.size;
    this.#entries.set(path, entry);
    if (this.#entries.size !== before) this.#count(parentOf(path), 1);
  }

  delete(path: string): boolean {
    if (!this.#entries.delete(path)) return false;
    this.#count(parentOf(path), -1);
    return true;
  }

  paths(): MapIterator<string> {
    return this.#entries.keys();
  }

  [Symbol.iterator](): MapIterator<[string, Entry]> {
    return this.#entries[Symbol.iterator]();
  }

  /** All paths strictly below any of these directories. Looks at every entry, unless the directories are known to be empty. */
  below(directories: Iterable<string>): string[] {
    const filled = new Set<string>();
    for (const directory of directories) if (this.childCount(directory) > 0) filled.add(directory);
    if (filled.size === 0) return [];
    const found: string[] = [];
    for (const path of this.#entries.keys()) {
      if (filled.has('') || parentsOf(path).some((parent) => filled.has(parent))) found.push(path);
    }
    return found;
  }

  #count(directory: string, by: number): void {
    const count = (this.#children.get(directory) ?? 0) + by;
    if (count === 0) this.#children.delete(directory);
    else this.#children.set(directory, count);
  }
}
