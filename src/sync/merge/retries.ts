const firstMs = 8;
const longestMs = 1000;

/** How long to wait before a path is tried again: longer each time, until it goes well. */
export class Retries {
  readonly #tries = new Map<string, { count: number; readonly since: number }>();

  delayFor(path: string): number {
    const tries = this.#tries.get(path) ?? { count: 0, since: performance.now() };
    this.#tries.set(path, tries);
    return tries.count++ === 0 ? 0 : Math.min(longestMs, firstMs * 2 ** (tries.count - 2));
  }

  count(path: string): number {
    return this.#tries.get(path)?.count ?? 0;
  }

  /** For how many milliseconds it has been tried in vain. */
  age(path: string): number {
    const since = this.#tries.get(path)?.since;
    return since === undefined ? 0 : performance.now() - since;
  }

  forget(path: string): void {
    this.#tries.delete(path);
  }
}
