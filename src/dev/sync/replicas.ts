import { Failure, messageOf } from '../../base/failure.js';
import type { SyncConfig } from '../../config/schema.js';
import type { Kube } from '../../kube/kube.js';
import type { Emit } from '../../report/events.js';
import { selectorFor } from '../images/built-images.js';
import { followerEntry, runningPods } from './replica-plan.js';
import { isPassingCode, type RunningSync } from './keep-in-sync.js';
import { sweepReplicas } from './sweep-replicas.js';
import { startSyncEntry, type SyncEntryOptions } from './sync-entry.js';

/**
 * Keeps a local folder in sync with every running pod that an entry selects. One, the newest when it is chosen, is the source: it is synced both
 * ways, as without replicas. The others follow: they are only uploaded to, so what the source brings here reaches them, too. Pods that come later
 * join, ones that go leave without a word, and when the source goes another one takes its place. `initialDone` is that of the source.
 */
export async function startReplicas(
  kube: Kube,
  entry: SyncConfig,
  options: SyncEntryOptions,
): Promise<RunningSync> {
  await sweepReplicas(options.root);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const followers = new Followers(kube, followerEntry(entry), { ...options, signal });
  const source = await startSyncEntry(kube, entry, {
    ...options,
    onTarget: ({ pod }) => followers.setSource(pod),
  });
  const { images, ...selector } = selectorFor(entry, options.refs);
  const watching = (async () => {
    for await (const pods of kube.pods.follow(selector, signal))
      await followers.setPods(runningPods(pods.values(), { images, container: selector.container }));
  })();
  const watched = watching.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  watched.catch(() => {});
  return {
    initialDone: source.initialDone,
    done: Promise.race([source.done, watched.then(() => source.done)]),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watched.catch(() => {});
      await followers[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
    },
  };
}

/** One upload for each pod but the source. Its methods run one after the other. */
class Followers implements AsyncDisposable {
  readonly #kube: Kube;
  readonly #entry: SyncConfig;
  readonly #options: SyncEntryOptions;
  readonly #running = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  #pods: readonly string[] = [];
  #source: string | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(kube: Kube, entry: SyncConfig, options: SyncEntryOptions) {
    this.#kube = kube;
    this.#entry = entry;
    this.#options = options;
  }

  /** Resolves once no upload to that pod is at work any more. */
  setSource(pod: string): Promise<void> {
    this.#source = pod;
    return this.#reconcile();
  }

  setPods(pods: readonly string[]): Promise<void> {
    this.#pods = pods;
    return this.#reconcile();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await Promise.all([...this.#running.keys()].map((pod) => this.#end(pod)));
  }

  #reconcile(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const wanted = new Set(this.#source === undefined ? [] : this.#pods);
      if (this.#source !== undefined) wanted.delete(this.#source);
      const leaving = [...this.#running.keys()].filter((pod) => !wanted.has(pod));
      await Promise.all(leaving.map((pod) => this.#end(pod)));
      if (leaving.length > 0) await sweepReplicas(this.#options.root);
      for (const pod of wanted) if (!this.#running.has(pod)) this.#begin(pod);
    });
    return this.#turn;
  }

  #begin(pod: string): void {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, stop.signal]);
    const emit = followerEmit(this.#options.emit, pod);
    const run = async (): Promise<void> => {
      await using sync = await startSyncEntry(this.#kube, this.#entry, {
        ...this.#options,
        isReplica: true,
        pod,
        emit,
        signal,
      });
      await sync.done;
    };
    // One that failed stays in the map, so that it is not started again as long as its pod is there.
    const ended = run().catch((error: unknown) => {
      if (signal.aborted || !this.#pods.includes(pod)) return;
      const code = error instanceof Failure ? error.code : 'SYNC_REPLICA_FAILED';
      if (code === 'POD_NOT_FOUND') return;
      const text = `Pod ${pod} is not synced any more: ${messageOf(error)}`;
      this.#options.emit({ type: 'warning', code, text, subject: pod });
    });
    this.#running.set(pod, { stop, ended });
  }

  async #end(pod: string): Promise<void> {
    const follower = this.#running.get(pod);
    follower?.stop.abort();
    await follower?.ended;
    this.#running.delete(pod);
  }
}

/** The source tells what happens to files; of a follower only what is its own is told, under its name. */
function followerEmit(emit: Emit, pod: string): Emit {
  return (event) => {
    if (event.type === 'sync-change' || event.type === 'waiting' || event.type === 'waited') return;
    // It goes on by itself, or its pod went.
    if (event.type === 'warning' && isPassingCode(event.code)) return;
    emit(event.type === 'sync' ? { ...event, remote: `${pod}:${event.remote}` } : event);
  };
}
