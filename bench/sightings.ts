/** Names that turn up in any order, before or after somebody waits for them. */
export class SightingBook {
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, () => void>();

  add(name: string): void {
    this.#seen.add(name);
    this.#waiting.get(name)?.();
  }

  async wait(name: string, withinMs = 30_000): Promise<void> {
    if (this.#seen.has(name)) return;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(name, resolve);
        timer = setTimeout(() => reject(new Error(`nothing arrived within ${withinMs} ms`)), withinMs);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(name);
    }
  }
}
