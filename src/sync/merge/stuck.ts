const waits = { firstMs: 1000, longestMs: 10_000 } as const;
/** So many are tried at a time; when one of them goes well now, all are. */
const atOnce = 100;

/**
 * Paths that cannot be synced as things are: no space, no permission. Nobody tells when that is over, and nothing has to change at the path itself, so
 * a few of them are tried again now and then.
 */
export class Stuck implements Disposable {
  readonly #retry: (path: string) => void;
  readonly #paths = new Set<string>();
  readonly #tried = new Set<string>();
  #wait: number = waits.firstMs;
  #timer: NodeJS.Timeout | undefined;

  /** `retry` is to have the path decided about again. */
  constructor(retry: (path: string) => void) {
    this.#retry = retry;
  }

  add(path: string): void {
    if (!this.#tried.delete(path)) this.#wait = waits.firstMs;
    this.#paths.add(path);
    this.#timer ??= setTimeout(() => this.#try(), this.#wait);
  }

  /** The path went well, or is not there any more. */
  well(path: string): void {
    this.#paths.delete(path);
    if (!this.#tried.delete(path)) return;
    this.#wait = waits.firstMs;
    for (const other of this.#take(Infinity)) this.#retry(other);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#paths.clear();
  }

  #try(): void {
    this.#timer = undefined;
    this.#wait = Math.min(this.#wait * 2, waits.longestMs);
    for (const path of this.#take(atOnce)) {
      this.#tried.add(path);
      this.#retry(path);
    }
    // The others wait for what these tell; when they are gone on both sides, they tell nothing.
    if (this.#paths.size > 0) this.#timer = setTimeout(() => this.#try(), this.#wait);
  }

  #take(most: number): string[] {
    const taken = [...this.#paths].slice(0, most);
    for (const path of taken) this.#paths.delete(path);
    return taken;
  }
}
