import { untilBeat } from '../../base/beat.js';

/** Every other beat sends a PING; by the next one something must have come. */
const beatMs = 15_000;

/**
 * Sends a PING every 30 s, by which the helper knows that we live, and tells when nothing at all comes back within 15 s. Anything heard counts,
 * since PONG may wait behind content. Dispose it to stop.
 */
export class Heartbeat implements Disposable {
  readonly #ping: (nonce: number) => void;
  readonly #dead: (silentSeconds: number) => void;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #nonce = 0;
  /** Nothing was heard since the last ping, which the next beat judges. */
  #isAwaiting = false;
  #isDue = true;

  constructor(ping: (nonce: number) => void, dead: (silentSeconds: number) => void, everyMs = beatMs) {
    this.#ping = ping;
    this.#dead = dead;
    this.#everyMs = everyMs;
    this.#wait();
  }

  heard(): void {
    this.#isAwaiting = false;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    // What arrived while this process was busy or stopped is read first.
    this.#timer = setTimeout(() => setImmediate(() => this.#beat()), untilBeat(this.#everyMs));
  }

  #beat(): void {
    if (this.#timer === undefined) return;
    this.#wait();
    if (this.#isAwaiting) return this.#dead(this.#everyMs / 1000);
    if (this.#isDue) {
      this.#isAwaiting = true;
      this.#ping(this.#nonce++);
    }
    this.#isDue = !this.#isDue;
  }
}
