import { isAbort } from '../base/abort.js';
import { Failure, isFailure, messageOf } from '../base/failure.js';
import type { Kube } from '../kube/kubeconfig.js';
import type { LogLine } from '../kube/log-lines.js';
import { followLogs, type FollowOptions } from '../kube/logs.js';
import type { ContainerStatus, Pod } from '../kube/objects.js';
import type { Emit } from '../report/events.js';
import { BLIP_MS, isBlip } from './blip.js';
import type { ImageRefs } from './built-images.js';

export interface LogStreamsOptions {
  /** The images whose containers are streamed. */
  refs: ImageRefs;
  /** Where their pods may be. */
  namespaces: readonly string[];
  /** Lines of a container that ran before; pods that appear later are shown from their first line. */
  showLast: number;
  emit: Emit;
}

/**
 * Streams the logs of all containers that run one of the images, pods that appear later included, until the signal aborts; then it resolves. A
 * container whose log cannot be read is a warning and is tried again at its next change. Throws when the pods cannot be watched at all.
 */
export async function streamLogs(kube: Kube, options: LogStreamsOptions, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const streams = new PodLogs(kube, options, both);
  try {
    await Promise.all(options.namespaces.map((namespace) => followNamespace(kube, namespace, streams, both)));
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  } finally {
    stop.abort();
    await streams.ended();
  }
}

async function followNamespace(
  kube: Kube,
  namespace: string,
  streams: PodLogs,
  signal: AbortSignal,
): Promise<void> {
  let first = true;
  for (;;) {
    try {
      for await (const pods of kube.pods.follow({ namespace }, signal)) {
        for (const pod of pods.values()) streams.consider(pod, first);
        first = false;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!isBlip(error)) throw error;
      await kube.network.pause(BLIP_MS, signal);
    }
  }
}

/** The open streams, one per container. */
class PodLogs {
  private readonly kube: Kube;
  private readonly options: LogStreamsOptions;
  private readonly signal: AbortSignal;
  private readonly imageOf: ReadonlyMap<string, string>;
  private readonly open = new Map<string, Promise<void>>();
  private readonly podsOfImage = new Map<string, Set<string>>();
  private readonly complaints = new Map<string, string>();
  /** Containers that will not be started again. */
  private readonly finished = new Set<string>();

  constructor(kube: Kube, options: LogStreamsOptions, signal: AbortSignal) {
    this.kube = kube;
    this.options = options;
    this.signal = signal;
    this.imageOf = new Map([...options.refs].map(([name, ref]) => [ref, name]));
  }

  consider(pod: Pod, ranBefore: boolean): void {
    const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
      const image = this.imageOf.get(container.image);
      const key = `${pod.metadata.uid}/${container.name}`;
      if (image === undefined || this.open.has(key) || this.finished.has(key)) continue;
      if (!hasStarted(statuses.find(({ name }) => name === container.name))) continue;
      const stream = this.follow(pod, container.name, image, ranBefore, key).finally(() =>
        this.open.delete(key),
      );
      this.open.set(key, stream);
    }
  }

  async ended(): Promise<void> {
    await Promise.allSettled(this.open.values());
  }

  private async follow(
    pod: Pod,
    container: string,
    image: string,
    ranBefore: boolean,
    key: string,
  ): Promise<void> {
    const { name, namespace = this.kube.namespace } = pod.metadata;
    const pods = this.podsOfImage.get(image) ?? new Set<string>();
    this.podsOfImage.set(image, pods.add(name));
    const { emit, showLast } = this.options;
    const onRestart = () =>
      emit({ type: 'note', level: 'info', text: `Container ${container} of pod ${name} was restarted` });
    const log = { namespace, pod: name, container, tailLines: ranBefore ? showLast : undefined, onRestart };
    try {
      for await (const { text } of this.lines(log)) {
        // The image name alone would not tell replicas apart.
        emit({ type: 'log', prefix: pods.size > 1 ? `${image} ${name}` : image, line: text });
      }
      this.finished.add(key);
    } catch (error) {
      if (this.signal.aborted) return;
      const text = `The log of container ${container} in pod ${name} cannot be read: ${messageOf(error)}`;
      if (this.complaints.get(key) === text) return;
      this.complaints.set(key, text);
      emit({
        type: 'warning',
        code: error instanceof Failure ? error.code : 'LOGS_UNAVAILABLE',
        text,
        subject: name,
      });
    } finally {
      pods.delete(name);
    }
  }

  /** {@link followLogs}, which bridges interruptions only once it has been connected, tried until it is. */
  private async *lines(log: FollowOptions): AsyncGenerator<LogLine> {
    for (let connected = false; ;) {
      try {
        for await (const line of followLogs(this.kube, log, this.signal)) {
          connected = true;
          yield line;
        }
        return;
      } catch (error) {
        if (connected || !isFailure(error, 'KUBE_UNREACHABLE')) throw error;
        await this.kube.network.pause(BLIP_MS, this.signal);
      }
    }
  }
}

function hasStarted(status: ContainerStatus | undefined): boolean {
  return status?.state?.running !== undefined || status?.state?.terminated !== undefined;
}
