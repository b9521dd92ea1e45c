import type { Ancestor } from './entry.js';
import { isSyncable } from './compare.js';
import { type Naming, namingKey, whyImpossible } from './naming.js';
import { parentsOf } from './path.js';
import type { Tree } from './tree.js';

/** Paths that are one and the same on the local file system, found by any of them. Costs nothing where names are exact. */
export class Namesakes {
  readonly #key: ((path: string) => string) | undefined;
  readonly #paths = new Map<string, string[]>();

  constructor(naming: Naming) {
    this.#key = namingKey(naming);
  }

  add(path: string): void {
    if (this.#key === undefined) return;
    const key = this.#key(path);
    const same = this.#paths.get(key);
    if (same === undefined) this.#paths.set(key, [path]);
    else if (!same.includes(path)) same.push(path);
  }

  delete(path: string): void {
    if (this.#key === undefined) return;
    const key = this.#key(path);
    const rest = (this.#paths.get(key) ?? []).filter((other) => other !== path);
    if (rest.length === 0) this.#paths.delete(key);
    else this.#paths.set(key, rest);
  }

  /** The others. */
  of(path: string): string[] {
    if (this.#key === undefined) return [];
    return (this.#paths.get(this.#key(path)) ?? []).filter((other) => other !== path);
  }
}

/** What a container's path must be compared with to know whether it can be here. */
export interface Known {
  readonly naming: Naming;
  readonly namesakes: Namesakes;
  readonly local: Pick<Tree, 'get'>;
  readonly remote: Pick<Tree, 'get'>;
  readonly ancestor: Readonly<Pick<Ancestor, 'get'>>;
}

/**
 * Why what the container has at a path, and the local side has not, cannot be here, to follow the path in a sentence; `''`: it can when a
 * namesake that is on its way out has gone; undefined: it can. Of several namesakes the one that is here already holds the place, else the first
 * in order. The same goes for every directory above.
 */
export function whyUnreachable(known: Known, path: string): string | undefined {
  for (const at of [...parentsOf(path).toReversed(), path]) {
    if (known.local.get(at)) continue;
    const why = whyImpossible(known.naming, at) ?? whyTaken(known, at);
    if (why !== undefined) return why;
  }
  return undefined;
}

function whyTaken({ namesakes, local, remote, ancestor }: Known, path: string): string | undefined {
  for (const other of namesakes.of(path)) {
    const there = remote.get(other);
    const past = ancestor.get(other);
    const taken = `on this file system it is the same path as ${other}`;
    if (local.get(other)) return there === undefined && past?.remoteStamp !== undefined ? '' : taken;
    if (there === undefined || !isSyncable(other, there)) continue;
    // Deleted here, and not yet there.
    if (past?.localStamp !== undefined) return '';
    if (other < path) return taken;
  }
  return undefined;
}
