const firstMs = 8;
const longestMs = 1000;

/** How long to wait before a path is tried again: longer each time, until it goes well. */
export class Retries {
  readonly #tries = new Map<string, number>();

  delayFor(path: string): number {
    const tries = this.#tries.get(path) ?? 0;
    this.#tries.set(path, tries + 1);
    return tries === 0 ? 0 : Math.min(longestMs, firstMs * 2 ** (tries - 1));
  }

  count(path: string): number {
    return this.#tries.get(path) ?? 0;
  }

  forget(path: string): void {
    this.#tries.delete(path);
  }
}
