import { abortable } from '../../base/abort.js';
import { Failure, isFailure, messageOf } from '../../base/failure.js';
import type { Kube } from '../../kube/kube.js';
import { followLogs } from '../../kube/logs/follow-log.js';
import type { FollowOptions } from '../../kube/logs/follow-options.js';
import type { Pod } from '../../kube/api/objects.js';
import { hasLog } from '../../kube/pods/pod-status.js';
import { BLIP_MS } from '../run/blip.js';
import { logPrefix, type LoggedContainer } from './log-prefix.js';
import type { Emit, LogSink } from '../../report/events.js';
import { sourceOf, type LogSource } from './log-sources.js';

export interface PodLogsOptions {
  /** Whose containers are streamed. */
  sources: readonly LogSource[];
  /** Lines of a container that ran before; pods that appear later are shown from their first line. */
  showLast: number;
  emit: Emit;
  log: LogSink;
}

/** The open log streams, one per wanted container. */
export class PodLogs {
  readonly #kube: Kube;
  readonly #options: PodLogsOptions;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, LoggedContainer & { done: Promise<void> }>();
  readonly #complaints = new Map<string, string>();
  /** Containers that will not be started again. */
  readonly #finished = new Set<string>();
  /** Those that were there at first. */
  readonly #old = new Set<string>();
  readonly #lost = new Map<string, Failure>();

  constructor(kube: Kube, options: PodLogsOptions, signal: AbortSignal) {
    this.#kube = kube;
    this.#options = options;
    this.#signal = signal;
    this.#tell();
  }

  /** Opens the streams of this pod that are not open. `ranBefore`: it was there when the run began. */
  consider(pod: Pod, ranBefore: boolean): void {
    const { initContainers = [], containers } = pod.spec;
    for (const container of [...initContainers, ...containers]) {
      const source = sourceOf(this.#options.sources, pod, container);
      const key = `${pod.metadata.uid}/${container.name}`;
      if (source === undefined || this.#open.has(key) || this.#finished.has(key)) continue;
      if (!hasLog(pod, container.name)) continue;
      if (ranBefore) this.#old.add(key);
      const isInit = initContainers.includes(container);
      const logged = { image: source.name, pod: pod.metadata.name, container: container.name, isInit };
      const done = this.#follow(key, pod.metadata.namespace ?? this.#kube.namespace, logged);
      this.#open.set(key, { ...logged, done: done.finally(() => this.#open.delete(key)) });
    }
  }

  async ended(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map(({ done }) => done));
  }

  async #follow(key: string, namespace: string, logged: LoggedContainer): Promise<void> {
    // Entered in the map of open streams before anything is read.
    await Promise.resolve();
    const { emit, log, showLast } = this.#options;
    const { container, pod } = logged;
    const warn = (code: string, text: string) => emit({ type: 'warning', code, text, subject: pod });
    const options: FollowOptions = {
      namespace,
      pod,
      container,
      tailLines: this.#old.has(key) ? showLast : undefined,
      onConnected: () => this.#setLost(key, undefined),
      onLost: (failure) => this.#setLost(key, failure),
      onRestart: (end) => {
        const text = `Container ${container} of pod ${pod} was restarted${end ? ` after ${end}` : ''}`;
        emit({ type: 'note', level: 'info', text });
      },
      onMissing: (text) => warn('LOGS_INCOMPLETE', `Lines of pod ${pod} may be missing here: ${text}`),
    };
    try {
      for await (const text of this.#texts(options)) {
        const wait = log.write(logPrefix(logged, this.#open.values()), text);
        if (wait) await abortable(wait, this.#signal);
      }
      this.#finished.add(key);
    } catch (error) {
      if (this.#signal.aborted) return;
      const text = `The log of container ${container} in pod ${pod} cannot be read: ${messageOf(error)}`;
      if (this.#complaints.get(key) === text) return;
      this.#complaints.set(key, text);
      warn(error instanceof Failure ? error.code : 'LOGS_UNAVAILABLE', text);
    } finally {
      this.#setLost(key, undefined);
    }
  }

  /** {@link followLogs}, which bridges interruptions only once it has been connected, tried until it is. */
  async *#texts(options: FollowOptions): AsyncGenerator<Buffer> {
    for (let connected = false; ;) {
      const onConnected = () => {
        connected = true;
        options.onConnected?.();
      };
      try {
        yield* followLogs(this.#kube, { ...options, onConnected }, this.#signal);
        return;
      } catch (error) {
        if (connected || !isFailure(error, 'KUBE_UNREACHABLE')) throw error;
        options.onLost?.(error);
        await this.#kube.network.pause(BLIP_MS, this.#signal);
      }
    }
  }

  #setLost(key: string, failure: Failure | undefined): void {
    const wasLost = this.#lost.size > 0;
    if (failure) this.#lost.set(key, failure);
    else this.#lost.delete(key);
    if (wasLost !== this.#lost.size > 0) this.#tell();
  }

  #tell(): void {
    const [failure] = this.#lost.values();
    this.#options.emit({
      type: 'service',
      service: 'logs',
      name: '',
      ...(failure ? { state: 'waiting', code: failure.code, reason: failure.message } : { state: 'working' }),
    });
  }
}
