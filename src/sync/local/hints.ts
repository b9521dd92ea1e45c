/** Hints are collected this long before anything is looked at. */
const coalesceMs = 3;
/** Node cannot tell when the system dropped events: after this many without a pause everything is to be scanned once more. */
const burst = { hints: 4000, quietMs: 300, few: 16 };

/** Collects where to look, so that it is looked at once for many events. */
export class Hints implements Disposable {
  readonly #due: () => void;
  readonly #afterBurst: () => void;
  #paths = new Map<string, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #burst = 0;
  #burstTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `due`: it is time to `take`. `afterBurst`: some may have been lost. */
  constructor(due: () => void, afterBurst: () => void) {
    this.#due = due;
    this.#afterBurst = afterBurst;
  }

  /** `written`: the content or attributes of something known; else something appeared or went. */
  add(path: string, written: boolean): void {
    if (this.#closed) return;
    this.#paths.set(path, written || (this.#paths.get(path) ?? false));
    this.#timer ??= setTimeout(this.#due, coalesceMs);
    if (++this.#burst < burst.hints) return;
    if (this.#burstTimer) this.#burstTimer.refresh();
    else
      this.#burstTimer = setTimeout(() => {
        this.#burst = 0;
        this.#burstTimer = undefined;
        this.#afterBurst();
      }, burst.quietMs);
  }

  take(): Map<string, boolean> {
    const paths = this.#paths;
    this.#paths = new Map();
    this.#timer = undefined;
    if (this.#burstTimer === undefined && paths.size < burst.few) this.#burst = 0;
    return paths;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#burstTimer);
  }
}
