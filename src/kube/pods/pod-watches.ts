import { corePath } from '../api/api-paths.js';
import type { ApiServer } from '../access/kubeconfig.js';
import type { Pod } from '../api/objects.js';
import { podQuery, type TargetSelector } from '../select/target-choice.js';
import { isPassing, watchObjects } from '../api/watch.js';

export type PodSet = ReadonlyMap<string, Pod>;

const retryMs = 1000;

/**
 * The pods of a cluster as they are now. Who holds a namespace opens one watch of all its pods; everyone who follows pods of that namespace from then
 * on looks at that one. Without it, each follower has a watch of its own.
 */
export class PodWatches {
  readonly #kube: ApiServer;
  readonly #held = new Map<string, HeldWatch>();

  constructor(kube: ApiServer) {
    this.#kube = kube;
  }

  /** Watches all pods of a namespace until it is disposed of. Failures are told to those who follow. */
  hold(namespace: string): Disposable {
    const held = this.#held.get(namespace) ?? new HeldWatch(this.#kube, namespace);
    this.#held.set(namespace, held);
    held.holders += 1;
    return {
      [Symbol.dispose]: () => {
        held.holders -= 1;
        if (held.holders > 0) return;
        this.#held.delete(namespace);
        held.stop();
      },
    };
  }

  /**
   * The pods a selector names, by uid: first as they are, then anew each time something changed. Contract and failures of {@link watchObjects}.
   */
  follow(
    selector: Pick<TargetSelector, 'labelSelector' | 'namespace' | 'pod'>,
    signal?: AbortSignal,
  ): AsyncGenerator<PodSet, never> {
    const kube = this.#kube;
    const namespace = selector.namespace || kube.namespace;
    const held = this.#held.get(namespace);
    // What is written in the language of label selectors only the server understands.
    if (held === undefined || held.hasFailed || typeof selector.labelSelector === 'string')
      return watchObjects<Pod>(kube, corePath('pods', { namespace }), { ...podQuery(selector), signal });
    return held.follow((pod) => matches(pod, selector), signal);
  }
}

function matches(
  pod: Pod,
  { labelSelector, pod: name }: Pick<TargetSelector, 'labelSelector' | 'pod'>,
): boolean {
  const { labels = {}, name: own } = pod.metadata;
  if (name && name !== own) return false;
  return Object.entries(labelSelector ?? {}).every(([label, value]) => labels[label] === value);
}

/** One watch and those who look at it. While it is interrupted nobody is given what was known before. */
class HeldWatch {
  holders = 0;
  hasFailed = false;
  readonly #stop = new AbortController();
  #pods: PodSet | undefined;
  #failure: unknown;
  /** Told about the next set or the end. */
  readonly #waiting = new Set<() => void>();

  constructor(kube: ApiServer, namespace: string) {
    void this.#watch(kube, namespace);
  }

  stop(): void {
    this.#stop.abort();
  }

  async *follow(wanted: (pod: Pod) => boolean, signal?: AbortSignal): AsyncGenerator<PodSet, never> {
    for (let seen: PodSet | undefined, told = ''; ;) {
      signal?.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#pods === undefined || this.#pods === seen) {
        await this.#change(signal);
        continue;
      }
      seen = this.#pods;
      const mine = new Map([...seen].filter(([, pod]) => wanted(pod)));
      // The changes of other pods are not worth telling.
      const state = [...mine].map(([uid, { metadata }]) => `${uid} ${metadata.resourceVersion}`).join('\n');
      if (told === `=${state}`) continue;
      told = `=${state}`;
      yield mine;
    }
  }

  async #watch(kube: ApiServer, namespace: string): Promise<void> {
    const { signal } = this.#stop;
    const onLost = (): void => void (this.#pods = undefined);
    const path = corePath('pods', { namespace });
    while (!this.hasFailed) {
      try {
        for await (const pods of watchObjects<Pod>(kube, path, { signal, onLost, relist: true })) {
          [this.#pods, this.#failure] = [pods, undefined];
          this.#tell();
        }
      } catch (error) {
        this.#failure = error;
        this.hasFailed = signal.aborted || !isPassing(error);
        this.#tell();
        if (!this.hasFailed) await kube.network.pause(retryMs, signal).catch(() => {});
      }
    }
  }

  #tell(): void {
    for (const tell of this.#waiting) tell();
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        done();
        reject(signal?.reason as Error);
      };
      const tell = (): void => {
        done();
        resolve();
      };
      const done = (): void => {
        this.#waiting.delete(tell);
        signal?.removeEventListener('abort', abort);
      };
      this.#waiting.add(tell);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
