import { abortable, sleep } from '../../base/abort.js';
import { settleable } from '../../base/settleable.js';
import type { ServiceStatus } from '../../report/events.js';

export type NetworkStatus = Pick<ServiceStatus, 'code' | 'reason' | 'state'>;

/**
 * What is known of the way to one API server. Everyone may ask; the one who watches over it (network-guard.ts) tells. Where nobody does, it counts as
 * being there.
 */
export class Network {
  #gone: { back: Promise<void>; resolve: () => void } | undefined;
  #status: NetworkStatus = { state: 'working' };
  /** Those in a pause. */
  readonly #waiting = new Set<() => void>();
  readonly #followers = new Set<(status: NetworkStatus) => void>();

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /**
   * Waits before an attempt is repeated: `ms` as long as the network is there. While it is known to be gone it waits for its return instead, and
   * resolves at once then, so that nobody sits in a back-off of his own. Rejects with the signal's reason.
   */
  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const early = new AbortController();
    const wake = (): void => early.abort();
    this.#waiting.add(wake);
    try {
      if (this.#gone === undefined) await sleep(ms, either(signal, early.signal)).catch(() => {});
      signal?.throwIfAborted();
      while (this.#gone !== undefined) await abortable(this.#gone.back, signal);
    } finally {
      this.#waiting.delete(wake);
    }
  }

  /** Tells how it is: now, and each time it goes (and why) or comes back. */
  follow(follower: (status: NetworkStatus) => void): Disposable {
    this.#followers.add(follower);
    follower(this.#status);
    return { [Symbol.dispose]: () => void this.#followers.delete(follower) };
  }

  setGone(why: Pick<NetworkStatus, 'code' | 'reason'>): void {
    if (this.#gone) return;
    const { promise, resolve } = settleable<void>();
    this.#gone = { back: promise, resolve };
    // They go on waiting, but for the return.
    for (const wake of this.#waiting) wake();
    this.#tell({ state: 'waiting', ...why });
  }

  setBack(): void {
    const gone = this.#gone;
    if (gone === undefined) return;
    this.#gone = undefined;
    this.#tell({ state: 'working' });
    gone.resolve();
  }

  #tell(status: NetworkStatus): void {
    this.#status = status;
    for (const follower of this.#followers) follower(status);
  }
}

const either = (a: AbortSignal | undefined, b: AbortSignal): AbortSignal =>
  a === undefined ? b : AbortSignal.any([a, b]);
