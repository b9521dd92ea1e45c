/** Paths that are to be decided about, each once, in the order they were marked; those of {@link Marks.restart} come first and may come again. */
export class Marks implements Iterable<string> {
  #marked = new Set<string>();
  /** What a first merge has before it: a million paths, for which a list takes a quarter of what a set does. */
  #backlog: string[] = [];
  #head = 0;
  #deferred = false;

  /** Until {@link restart} nothing is marked, since that will be told of everything. */
  defer(): void {
    this.#deferred = true;
  }

  get size(): number {
    return this.#marked.size + this.#backlog.length - this.#head;
  }

  add(path: string): void {
    if (this.#deferred) return;
    this.#marked.add(path);
  }

  delete(path: string): void {
    this.#marked.delete(path);
  }

  /** These, and nothing that was marked before. Each path once. */
  restart(paths: Iterable<string>): void {
    this.#deferred = false;
    this.#marked = new Set();
    this.#backlog = [...paths];
    this.#head = 0;
  }

  clear(): void {
    this.restart([]);
  }

  /** The first of them, at most so many and each once, which are not marked any more. */
  take(most = Infinity): Iterable<string> {
    if (this.#head === this.#backlog.length && this.#marked.size <= most) {
      const all = this.#marked;
      this.#marked = new Set();
      return all;
    }
    // Of the one or the other: a path may be among both.
    if (this.#head < this.#backlog.length) {
      const next = this.#backlog.slice(this.#head, this.#head + most);
      this.#head += next.length;
      if (this.#head === this.#backlog.length) [this.#backlog, this.#head] = [[], 0];
      return next;
    }
    const first: string[] = [];
    for (const path of this.#marked) {
      if (first.length === most) break;
      first.push(path);
      this.#marked.delete(path);
    }
    return first;
  }

  *[Symbol.iterator](): Generator<string, undefined> {
    for (let at = this.#head; at < this.#backlog.length; at++) yield this.#backlog[at] as string;
    yield* this.#marked;
  }
}
