import type { Known } from './entry.js';

/** What both sides had in common before both removed it. */
export type Tombstone = Pick<Known, 'kind' | 'size' | 'hash' | 'target'>;

/** So many removed paths are remembered; the oldest go first. */
export const mostTombstones = 10_000;

/**
 * Paths that were removed on both sides, with what they last had in common: when a new container brings exactly that back from its image, it was
 * not created anew and goes again.
 */
export class Tombstones {
  readonly #stones = new Map<string, Tombstone>();
  readonly #most: number;

  constructor(most = mostTombstones) {
    this.#most = most;
  }

  get size(): number {
    return this.#stones.size;
  }

  add(path: string, { kind, size, hash, target }: Known | Tombstone): void {
    this.#stones.delete(path);
    this.#stones.set(path, { kind, size, hash, target });
    for (const oldest of this.#stones.keys()) {
      if (this.#stones.size <= this.#most) return;
      this.#stones.delete(oldest);
    }
  }

  delete(path: string): boolean {
    return this.#stones.delete(path);
  }

  clear(): void {
    this.#stones.clear();
  }

  [Symbol.iterator](): MapIterator<[string, Tombstone]> {
    return this.#stones[Symbol.iterator]();
  }
}
