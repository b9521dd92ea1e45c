import type { Writable } from 'node:stream';

/** From this many bytes on, what is collected is written at once. */
const batchBytes = 64 * 1024;

/**
 * Collects frames and writes them in large pieces, in the order of `send`. `send` never waits, so that an answer can always be sent; who sends
 * much awaits `turn` first, which holds back while the stream is full. Does not close the stream.
 */
export class Outbox {
  readonly #stream: Writable;
  #frames: Buffer[] = [];
  #bytes = 0;
  #scheduled = false;
  #full = false;
  #waiting: (() => void)[] = [];

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('drain', () => this.#release());
    stream.on('close', () => this.#release());
  }

  send(frame: Buffer): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#bytes >= batchBytes) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
  }

  /** Undefined when one may send now; else resolves when there is room again (or the stream is closed). */
  turn(): Promise<void> | undefined {
    if (!this.#full) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#frames.length === 0 || this.#stream.destroyed) return;
    const bytes =
      this.#frames.length === 1 ? (this.#frames[0] as Buffer) : Buffer.concat(this.#frames, this.#bytes);
    this.#frames = [];
    this.#bytes = 0;
    this.#full = !this.#stream.write(bytes);
  }

  #release(): void {
    this.#full = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
