/** So many started tasks may stay in the queue. */
const mostStarted = 4096;

/** Lets tasks run in order of arrival, only so many at once and only so many bytes together (one task always may). */
export class Lane {
  readonly #maxTasks: number;
  readonly #maxBytes: number;
  #tasks = 0;
  #bytes = 0;
  #queue: { bytes: number; start: () => void }[] = [];
  #head = 0;

  constructor(maxTasks: number, maxBytes = Infinity) {
    this.#maxTasks = maxTasks;
    this.#maxBytes = maxBytes;
  }

  /** Starts the task when there is room. Nothing is made before, so that very many may wait. */
  add(bytes: number, task: () => Promise<unknown>): void {
    const start = () => {
      const leave = () => {
        this.#tasks--;
        this.#bytes -= bytes;
        this.#next();
      };
      task().then(leave, leave);
    };
    if (this.#head < this.#queue.length || !this.#hasRoom(bytes)) {
      this.#queue.push({ bytes, start });
    } else {
      this.#enter(bytes);
      start();
    }
  }

  /** Like `add`, and settles as the task does. */
  run<T>(bytes: number, task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.add(bytes, () => task().then(resolve, reject));
    });
  }

  #hasRoom(bytes: number): boolean {
    return this.#tasks === 0 || (this.#tasks < this.#maxTasks && this.#bytes + bytes <= this.#maxBytes);
  }

  #enter(bytes: number): void {
    this.#tasks++;
    this.#bytes += bytes;
  }

  #next(): void {
    for (
      let next = this.#queue[this.#head];
      next && this.#hasRoom(next.bytes);
      next = this.#queue[this.#head]
    ) {
      this.#head++;
      this.#enter(next.bytes);
      next.start();
    }
    // What has started is let go of, though the queue may never be empty for hours.
    if (this.#head > mostStarted || this.#head === this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
