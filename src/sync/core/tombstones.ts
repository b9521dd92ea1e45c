import type { Known } from './entry.js';

/** What both sides had in common, before it was removed or became something else. */
export type Tombstone = Pick<Known, 'kind' | 'size' | 'hash' | 'target'>;

/** What a path had that is not wanted any more. */
export interface Grave {
  /** What containers had there when they were met, as far as it has gone since: what their images bring. The newest last. */
  readonly brought: readonly Tombstone[];
  /** What it had last, when that came later. */
  readonly last?: Tombstone | undefined;
  /** What the container of now brought is known. */
  readonly isMet: boolean;
}

/** So many paths are remembered; the oldest go first. */
export const mostGraves = 50_000;
/** Images that differ at a path: so many are remembered. */
const mostBrought = 3;

/**
 * Paths whose content was removed or replaced on both sides, with what it was: when a new container brings exactly that back from its image, it was
 * not created anew. Of a path that is edited again and again only what the container had at first matters, since only that is in its image.
 */
export class Tombstones {
  readonly #graves = new Map<string, Grave>();
  readonly #most: number;

  constructor(most = mostGraves) {
    this.#most = most;
  }

  get size(): number {
    return this.#graves.size;
  }

  /** All that the path had, as far as it is remembered. */
  of(path: string): readonly Tombstone[] {
    const grave = this.#graves.get(path);
    if (grave === undefined) return [];
    return grave.last ? [...grave.brought, grave.last] : grave.brought;
  }

  /** Both sides had this there, and have nothing now. */
  removed(path: string, { kind, size, hash, target }: Tombstone): void {
    const { brought, isMet } = this.#graves.get(path) ?? { brought: [], isMet: false };
    const stone = { kind, size, hash, target };
    this.set(
      path,
      isMet ? { brought, last: stone, isMet } : { brought: withNewest(brought, stone), isMet: true },
    );
  }

  /** Both sides had this there, or the container had, and have something else now. */
  replaced(path: string, was: Tombstone): void {
    if (this.#graves.get(path)?.isMet !== true) this.removed(path, was);
  }

  /** Both sides have `now`, where they knew something: that is replaced, or what a new container `brought` (a hash), when the path had that before. */
  gaveWay(path: string, known: Known | undefined, now: Tombstone, brought: string | undefined): void {
    if (known === undefined) return;
    if (known.remoteStamp !== undefined) {
      if (!isSame(known, now)) this.replaced(path, known);
    } else if (brought !== undefined && brought !== now.hash) {
      const was = [known, ...this.of(path)].find(({ hash }) => hash === brought);
      if (was) this.replaced(path, was);
    }
  }

  /** From now on the container is another one. */
  meet(): void {
    for (const [path, grave] of this.#graves) this.#graves.set(path, { ...grave, isMet: false });
  }

  set(path: string, grave: Grave): void {
    this.#graves.delete(path);
    this.#graves.set(path, grave);
    for (const oldest of this.#graves.keys()) {
      if (this.#graves.size <= this.#most) return;
      this.#graves.delete(oldest);
    }
  }

  delete(path: string): boolean {
    return this.#graves.delete(path);
  }

  clear(): void {
    this.#graves.clear();
  }

  [Symbol.iterator](): MapIterator<[string, Grave]> {
    return this.#graves[Symbol.iterator]();
  }
}

function withNewest(stones: readonly Tombstone[], newest: Tombstone): readonly Tombstone[] {
  const others = stones.filter((stone) => !isSame(stone, newest));
  return [...others.slice(1 - mostBrought), newest];
}

const isSame = (a: Tombstone, b: Tombstone): boolean =>
  a.kind === b.kind && a.size === b.size && a.hash === b.hash && a.target === b.target;
