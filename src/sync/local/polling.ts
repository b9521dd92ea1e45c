/** How often everything is scanned where nothing tells of changes; scanning takes at most this share of the time. */
const poll = { everyMs: 2000, share: 0.05 };

/** Looks at everything now and then, once begun, until it is disposed or a look fails. */
export class Polling implements Disposable {
  readonly #look: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  begin(afterMs = poll.everyMs): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const began = performance.now();
      this.#look()
        .then(() => this.begin(Math.max(poll.everyMs, (performance.now() - began) / poll.share)))
        .catch(() => {});
    }, afterMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
