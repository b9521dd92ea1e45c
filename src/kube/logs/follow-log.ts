import { Failure, isFailure } from '../../base/failure.js';
import { nextInstance, type Instance } from '../pods/container-instance.js';
import type { Kube } from '../kube.js';
import type { FollowOptions } from './follow-options.js';
import { LogReader, type Part } from './log-reader.js';
import { isPassing } from '../api/watch.js';

/** How often a log that was there may be refused: a server that just started answers 403 until it has read its roles. */
const toleratedRefusals = 5;

/**
 * Follows a log until the container will not be started again, the pod is gone, the caller stops or the signal aborts (its reason is thrown). Yields
 * whole lines, byte for byte; only lines over 1 MiB come in pieces. Nothing is lost or repeated when the connection breaks, and restarts of the
 * container are followed. What the node has deleted meanwhile cannot be had: the server keeps the present and the previous instance, and of each
 * what was written since its file was rotated last; `onMissing` then tells. Waits for a container that still starts.
 *
 * Throws KUBE_NOT_FOUND for an unknown pod, LOGS_UNAVAILABLE when the container cannot start (ImagePullBackOff…), other refusals as openRequest.
 */
export async function* followLogs(
  kube: Kube,
  options: FollowOptions,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const { container, onLost, onMissing, onRestart } = options;
  await using reader = new LogReader(kube, options, signal);

  const bridge = async (error: unknown): Promise<void> => {
    signal?.throwIfAborted();
    if (!reader.connected || !(error instanceof Failure)) throw error;
    if (!isPassing(error) && reader.failures >= toleratedRefusals) throw error;
    onLost?.(error);
    await kube.network.pause(Math.min(200 * 2 ** reader.failures, 5000), signal);
    reader.failures += 1;
  };
  /** From where reading has come to, whatever happens meanwhile. */
  async function* readToItsEnd(instance: Instance, part: Part, of: 'same' | 'next') {
    for (let log = of; ; log = 'same') {
      try {
        yield* reader.read(instance, part, log);
        return;
      } catch (error) {
        // Gone with its container or pod: there is nothing left to fetch.
        if (isFailure(error, 'KUBE_NOT_FOUND') || isFailure(error, 'KUBE_REJECTED')) return;
        await bridge(error);
      }
    }
  }
  const whatFollows = async (instance: Instance): Promise<Instance | undefined> => {
    for (;;) {
      try {
        return await nextInstance(kube, options, instance, signal);
      } catch (error) {
        await bridge(error);
      }
    }
  };

  let instance = await nextInstance(kube, options, undefined, signal);
  let of: 'same' | 'next' = 'next';
  while (instance !== undefined) {
    let isWhole = false;
    let isCut = false;
    try {
      const wasBehind = reader.isBehind;
      if (wasBehind) yield* reader.readLater(instance);
      if (instance.hasEnded) yield* reader.read(instance, 'ended', wasBehind ? 'same' : of);
      else if (!wasBehind) yield* reader.read(instance, 'present', of);
      isWhole = instance.hasEnded && !reader.isRemoved;
      isCut = reader.isRemoved;
    } catch (error) {
      if (reader.connected && isFailure(error, 'KUBE_NOT_FOUND')) return;
      isCut = true;
      await bridge(error);
    }
    const next = await whatFollows(instance);
    if (next?.id === instance.id) {
      // It still runs, only the stream has ended, perhaps as it was stuck since the log was rotated.
      of = 'same';
      if (!isCut) yield* readToItsEnd(instance, 'so-far', of);
      await kube.network.pause(reader.failures === 0 ? 50 : 1000, signal);
      reader.failures += 1;
      continue;
    }
    const restarts = next === undefined ? 0 : next.restarts - instance.restarts;
    if (restarts > 1)
      onMissing?.(`container ${container} was restarted ${restarts} times while its log was being read`);
    // The stream may have ended before the container did: fetch what it wrote last.
    if (!isWhole)
      yield* readToItsEnd(
        instance,
        next === undefined ? 'ended' : 'previous',
        restarts > 1 ? 'next' : 'same',
      );
    // A stream that the server has ended was read to the end of the log.
    if (isCut && reader.isRemoved) onMissing?.(`the node has removed the log of container ${container}`);
    if (next === undefined) return;
    if (reader.isInLine) yield Buffer.from('\n');
    onRestart?.(next.endOfLast);
    await reader.begin(next);
    of = 'next';
    instance = next;
  }
}
