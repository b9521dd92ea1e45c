/** What a stream may have under way from its start, and a flow of datagrams. */
export const firstWindow = { tcp: 65_536, udp: 131_072 } as const;
const maxWindow = 1_048_576;
const poolBytes = 16 * 1_048_576;
/** Added to the length of a datagram, so that empty ones cost something. */
export const datagramCost = 16;

/** What all windows of a tunnel together may be larger than at their start. */
export class WindowPool {
  #free = poolBytes;

  get free(): number {
    return this.#free;
  }

  take(wanted: number): number {
    const taken = Math.min(wanted, this.#free);
    this.#free -= taken;
    return taken;
  }

  put(bytes: number): void {
    this.#free += bytes;
  }
}

/** What the other side may still send on one stream, which bounds what is kept of it here. One whose reader keeps up grows. */
export class ReceiveWindow {
  readonly #pool: WindowPool;
  readonly #first: number;
  #size: number;
  #open: number;
  /** Passed on, and not given back. */
  #owed = 0;
  /** Came, and not passed on. */
  #waiting = 0;

  constructor(pool: WindowPool, first: number) {
    this.#pool = pool;
    this.#first = this.#size = this.#open = first;
  }

  /** Notes what came; false: it was not allowed. */
  take(bytes: number): boolean {
    this.#open -= bytes;
    this.#waiting += bytes;
    return this.#open >= 0;
  }

  /** Notes what was passed on; returns what to give back now. */
  passed(bytes: number): number {
    this.#waiting -= bytes;
    this.#owed += bytes;
    if (this.#owed < this.#size / 2) return 0;
    if (this.#waiting === 0) {
      const more = this.#pool.take(Math.min(this.#size, maxWindow - this.#size));
      this.#size += more;
      this.#owed += more;
    }
    const given = this.#owed;
    this.#owed = 0;
    this.#open += given;
    return given;
  }

  /** Gives back to the pool. */
  drop(): void {
    this.#pool.put(this.#size - this.#first);
    this.#size = this.#first;
  }
}
