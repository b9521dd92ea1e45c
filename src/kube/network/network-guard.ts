import { sleep } from '../../base/abort.js';
import { isFailure, messageOf } from '../../base/failure.js';
import { settleable } from '../../base/settleable.js';
import { corePath, withQuery } from '../api/api-paths.js';
import type { ApiServer } from '../access/kubeconfig.js';
import { openPulse, type Pulse } from './pulse.js';
import { isPassing } from '../api/watch.js';

export interface GuardOptions {
  /** A watch worth listening to. Without it, and when it is not allowed, one that tells nothing. */
  path?: string | undefined;
  /** Told what that watch tells, as JSON. */
  onEvent?: ((text: string) => void) | undefined;
  /** Told each time it goes on after an interruption, of which it may have missed something. */
  onAgain?: (() => void) | undefined;
  /** Told, once, when there will be no such watch. */
  onUnheard?: (() => void) | undefined;
  /** The machine or the process stood still. */
  onSlept?: ((ms: number) => void) | undefined;
  /** The first attempt is made that long from now: what is over by then pays nothing. */
  afterMs?: number | undefined;
}

/** An attempt that hangs does not hold up the next; so many may hang. */
const hangingAttempts = 5;
/** A pulse that cannot be felt again within that time means that the network is gone. */
const doubtMs = 2000;
/** So often a server that never gave a pulse is asked for it. */
const firstAttempts = 5;

/**
 * Watches over the way to the API server: the one place that decides whether it is there.
 *
 *     there ──pulse silent──▶ gone (what is silent, too, is ended) ──pulse──▶ there
 *       │  ▲                    ▲                                    (what stayed silent is ended, all who wait go at once)
 *       │  └──opened again──┐   │ cannot be opened within 2 s
 *       └──pulse closed──▶ in doubt
 *
 * Where no pulse can be had the network counts as being there, and each connection finds out for itself. Disposing ends it.
 */
export function guardNetwork(kube: ApiServer, options: GuardOptions = {}): AsyncDisposable {
  const stop = new AbortController();
  const guard = new Guard(kube, options, stop.signal);
  const ended = guard.run().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      kube.network.setBack();
      await ended;
    },
  };
}

class Guard {
  readonly #kube: ApiServer;
  readonly #options: GuardOptions;
  readonly #signal: AbortSignal;
  readonly #paths: string[];
  #hadPulse = false;
  #isUnheard = false;
  #endSilent: () => void = () => {};

  constructor(kube: ApiServer, options: GuardOptions, signal: AbortSignal) {
    this.#kube = kube;
    this.#options = options;
    this.#signal = signal;
    // Nobody has a pod of that name; those who may use the namespace may watch its pods.
    const query = { watch: true, fieldSelector: 'metadata.name=devspace-pulse' };
    const silent = withQuery(corePath('pods', { namespace: kube.namespace }), query);
    this.#paths = options.path === undefined ? [silent] : [options.path, silent];
  }

  async run(): Promise<void> {
    const { afterMs, onAgain } = this.#options;
    if (afterMs !== undefined) await sleep(afterMs, this.#signal);
    for (;;) {
      const pulse = await this.#felt();
      this.#back();
      if (pulse === undefined) return this.#unheard();
      if (this.#hadPulse) onAgain?.();
      this.#hadPulse = true;
      const end = await pulse.ended;
      if (end.why === 'silent') {
        this.#gone(undefined);
        end.others.endSilent();
        this.#spareSurvivors();
      }
      this.#signal.throwIfAborted();
    }
  }

  /** Tries until there is a pulse; undefined when there will not be one. */
  async #felt(): Promise<Pulse | undefined> {
    const found = settleable<Pulse | undefined>();
    const others = new Set<AbortController>();
    const doubt = setTimeout(() => this.#hadPulse && this.#gone(undefined), doubtMs);
    let refused = 0;
    const attempt = async (): Promise<void> => {
      const mine = new AbortController();
      others.add(mine);
      try {
        const pulse = await this.#open(AbortSignal.any([this.#signal, mine.signal]));
        others.delete(mine);
        found.resolve(pulse);
      } catch (error) {
        others.delete(mine);
        if (mine.signal.aborted) return;
        if (this.#signal.aborted) return found.reject(error);
        refused += isFailure(error, 'KUBE_API_ERROR') && !this.#hadPulse ? 1 : 0;
        if (isPassing(error) && refused < firstAttempts) this.#gone(error);
        else found.resolve(undefined);
      }
    };
    const began = performance.now();
    let over = false;
    void found.promise.then(
      () => (over = true),
      () => (over = true),
    );
    try {
      for (let count = 0; ; count += 1) {
        const wait = pauseMs(count, performance.now() - began);
        const tried = others.size < hangingAttempts ? attempt() : Promise.resolve();
        const next = Promise.all([
          Promise.race([tried, sleep(doubtMs, this.#signal)]),
          sleep(wait, this.#signal),
        ]);
        await Promise.race([found.promise, next]);
        if (over) return await found.promise;
      }
    } finally {
      clearTimeout(doubt);
      for (const other of others) other.abort();
    }
  }

  async #open(signal: AbortSignal): Promise<Pulse> {
    const { onEvent, onSlept } = this.#options;
    for (;;) {
      const [path = '', ...rest] = this.#paths;
      try {
        return await openPulse(this.#kube, { path, onEvent, onSlept, signal });
      } catch (error) {
        if (!isFailure(error, 'PULSE_REFUSED') || rest.length === 0) throw error;
        if (this.#paths[0] !== path) continue;
        this.#paths.shift();
        this.#unheard();
      }
    }
  }

  #unheard(): void {
    if (!this.#isUnheard) this.#options.onUnheard?.();
    this.#isUnheard = true;
  }

  #gone(error: unknown): void {
    if (this.#kube.network.isGone) return;
    const there = this.#kube.mark();
    this.#endSilent = () => there.endSilent();
    const reason =
      error === undefined ? `The API server ${this.#kube.server} does not answer` : messageOf(error);
    this.#kube.network.setGone({ code: isFailure(error) ? error.code : 'KUBE_UNREACHABLE', reason });
  }

  /** What was heard after the pulse fell silent lives, unless it falls silent for long now. */
  #spareSurvivors(): void {
    const end = this.#endSilent;
    const since = performance.now();
    this.#endSilent = () => {
      if (performance.now() - since >= doubtMs) end();
    };
  }

  #back(): void {
    if (!this.#kube.network.isGone) return;
    this.#endSilent();
    this.#kube.network.setBack();
  }
}

/** Between attempts, a little random: soon at first, and never so long that the return goes unnoticed. An attempt costs a millisecond. */
function pauseMs(count: number, goneMs: number): number {
  const most = goneMs < 600_000 ? 400 : 2000;
  return Math.min(100 * 2 ** count, most) * (0.75 + Math.random() / 2);
}
