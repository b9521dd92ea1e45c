import { isAbort } from '../../base/abort.js';
import type { Kube } from '../../kube/kube.js';
import { BLIP_MS, isBlip } from '../run/blip.js';
import { PodLogs, type PodLogsOptions } from './pod-logs.js';

/**
 * Streams the logs of all containers of the sources, init containers and pods that appear later included, until the signal aborts; then
 * it resolves. A container whose log cannot be read is a warning and is tried again at its next change. Throws when the pods cannot be watched at all.
 */
export async function streamLogs(kube: Kube, options: PodLogsOptions, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const streams = new PodLogs(kube, options, both);
  try {
    const namespaces = new Set(options.sources.flatMap((source) => source.namespaces));
    await Promise.all([...namespaces].map((namespace) => followNamespace(kube, namespace, streams, both)));
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
