const pingEveryMs = 30_000;
const pongWithinMs = 15_000;

/**
 * Sends a PING every 30 s, by which the helper knows that we live, and tells when nothing at all comes back within 15 s. Anything heard counts,
 * since PONG may wait behind content. Dispose it to stop.
 */
export class Heartbeat implements Disposable {
  readonly #ping: (nonce: number) => void;
  readonly #dead: (silentSeconds: number) => void;
  readonly #every: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  #heard = 0;

  constructor(ping: (nonce: number) => void, dead: (silentSeconds: number) => void) {
    this.#ping = ping;
    this.#dead = dead;
    this.#every = setInterval(() => this.#beat(), pingEveryMs);
  }

  heard(): void {
    this.#heard++;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#every);
    clearTimeout(this.#deadline);
  }

  #beat(): void {
    const heard = this.#heard;
    this.#ping(heard);
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      if (this.#heard === heard) this.#dead(pongWithinMs / 1000);
    }, pongWithinMs);
  }
}
