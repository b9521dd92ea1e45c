/** Hints are collected this long before anything is looked at. */
const coalesceMs = 3;
/** Node cannot tell when the system dropped events: after this many without a pause everything is to be scanned once more. */
const burst = { hints: 4000, quietMs: 300, few: 16 };

/** What was hinted at. */
export interface Hinted {
  /** Path → whether its content or attributes were written, else it appeared or went. */
  paths: ReadonlyMap<string, boolean>;
  /** Some of it was git's doing. */
  byGit: boolean;
}

/** Collects where to look, so that it is looked at once for many events. */
export class Hints implements Disposable {
  readonly #due: () => void;
  readonly #afterBurst: (byGit: boolean) => void;
  #paths = new Map<string, boolean>();
  #byGit = false;
  #timer: NodeJS.Timeout | undefined;
  #burst = 0;
  #burstByGit = false;
  #burstTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `due`: it is time to `take`. `afterBurst`: some may have been lost, of which some may have been git's. */
  constructor(due: () => void, afterBurst: (byGit: boolean) => void) {
    this.#due = due;
    this.#afterBurst = afterBurst;
  }

  /** `written`: the content or attributes of something known; else something appeared or went. */
  add(path: string, written: boolean, byGit: boolean): void {
    if (this.#closed) return;
    this.#byGit ||= byGit;
    this.#burstByGit ||= byGit;
    this.#paths.set(path, written || (this.#paths.get(path) ?? false));
    this.#timer ??= setTimeout(this.#due, coalesceMs);
    if (++this.#burst < burst.hints) return;
    if (this.#burstTimer) this.#burstTimer.refresh();
    else
      this.#burstTimer = setTimeout(() => {
        const wasByGit = this.#burstByGit;
        this.#calm();
        this.#burstTimer = undefined;
        this.#afterBurst(wasByGit);
      }, burst.quietMs);
  }

  take(): Hinted {
    const hinted = { paths: this.#paths, byGit: this.#byGit };
    this.#paths = new Map();
    this.#byGit = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#burstTimer === undefined && hinted.paths.size < burst.few) this.#calm();
    return hinted;
  }

  #calm(): void {
    this.#burst = 0;
    this.#burstByGit = false;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#burstTimer);
  }
}
