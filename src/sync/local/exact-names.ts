import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Naming, spelled } from '../core/naming.js';
import { nameOf, parentOf, parentsOf } from '../core/path.js';

/**
 * Tells whether a path is there under this very name, where the file system also finds it under others. Remembers directories once read: for one
 * look around only.
 */
export class ExactNames {
  readonly #root: string;
  readonly #naming: Naming;
  readonly #listed = new Map<string, Set<string>>();

  constructor(root: string, naming: Naming) {
    this.#root = root;
    this.#naming = naming;
  }

  has(path: string): boolean {
    if (!this.#naming.caseInsensitive && !this.#naming.formInsensitive) return true;
    return [path, ...parentsOf(path)].every((at) => at === '' || this.#list(parentOf(at)).has(nameOf(at)));
  }

  #list(directory: string): Set<string> {
    let names = this.#listed.get(directory);
    if (names === undefined) {
      names = new Set(this.#read(directory).map((name) => spelled(this.#naming, name)));
      this.#listed.set(directory, names);
    }
    return names;
  }

  #read(directory: string): string[] {
    try {
      return readdirSync(join(this.#root, directory));
    } catch {
      return [];
    }
  }
}
