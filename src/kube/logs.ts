import type { IncomingMessage } from 'node:http';
import { Failure, isFailure } from '../base/failure.js';
import { connectionFailure } from './api-failure.js';
import { corePath, withQuery } from './api-paths.js';
import { nextInstance } from './container-instance.js';
import type { Kube } from './kubeconfig.js';
import { LogCursor } from './log-cursor.js';
import { parseLogLine, splitLines, type LogLine } from './log-lines.js';
import { openRequest } from './request.js';

export interface LogOptions {
  namespace: string;
  pod: string;
  container: string;
  /** Begin with so many of the last lines; default all of them. */
  tailLines?: number | undefined;
  /** Begin with lines of this time (RFC 3339, whole seconds) or later. */
  sinceTime?: string | undefined;
  /** Of the instance of the container before the present one. */
  previous?: boolean | undefined;
}

export interface FollowOptions extends LogOptions {
  /** Told when the connection broke and the log will be resumed. */
  onLost?: ((failure: Failure) => void) | undefined;
  /** Told when the container has been started anew and its log goes on. */
  onRestart?: (() => void) | undefined;
}

/** The log as it is now. Failures as openRequest; KUBE_REJECTED tells why a container has no log yet. */
export async function readLogs(kube: Kube, options: LogOptions, signal?: AbortSignal): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const stream = await openLog(kube, options, false, signal);
  for await (const batch of readBatches(kube, stream, false)) for (const line of batch) lines.push(line);
  return lines;
}

/**
 * Follows a log until the container will not be started again, the pod is gone, the caller stops or the signal aborts (its reason is thrown). No
 * line is lost or repeated when the connection breaks, and restarts of the container are followed; what can be lost are instances that came and
 * went while the connection was down, for the server keeps only the present and the previous one. Waits for a container that still starts.
 *
 * Throws KUBE_NOT_FOUND for an unknown pod, LOGS_UNAVAILABLE when the container cannot start (ImagePullBackOff…), other refusals as openRequest.
 */
export async function* followLogs(
  kube: Kube,
  options: FollowOptions,
  signal?: AbortSignal,
): AsyncGenerator<LogLine> {
  const { namespace, pod, container, onLost, onRestart } = options;
  const cursor = new LogCursor();
  let connected = false;
  let nothingSince: string | undefined;
  let failures = 0;

  const bridge = async (error: unknown): Promise<void> => {
    signal?.throwIfAborted();
    if (!connected || !isFailure(error, 'KUBE_UNREACHABLE')) throw error;
    onLost?.(error);
    await kube.network.pause(Math.min(200 * 2 ** failures, 5000), signal);
    failures += 1;
  };
  async function* read(follow: boolean, previous: boolean): AsyncGenerator<LogLine> {
    let from: Partial<LogOptions> = { sinceTime: cursor.since ?? nothingSince, previous };
    if (!connected)
      from = { sinceTime: options.sinceTime, tailLines: options.tailLines, previous: options.previous };
    const stream = await openLog(kube, { namespace, pod, container, ...from }, follow, signal);
    // Nothing has been seen so far: then there was nothing, unless the caller did not want to see it.
    if (!connected) nothingSince = options.tailLines === 0 ? serverTime(stream) : options.sinceTime;
    connected = true;
    cursor.restart();
    let isNew = false;
    // A line without its end at the end of a stream that was to go on is a torn one: it is read again.
    for await (const batch of readBatches(kube, stream, follow)) {
      failures = 0;
      for (const line of batch) {
        // Without a time it is a piece of the line before, or at first the node itself, telling that the log is gone.
        if (line.time !== undefined) isNew = cursor.accept(line.time);
        if (isNew) yield line;
      }
    }
  }

  let instance = await nextInstance(kube, options, undefined, signal);
  while (instance !== undefined) {
    try {
      yield* read(true, false);
    } catch (error) {
      if (connected && isFailure(error, 'KUBE_NOT_FOUND')) return;
      await bridge(error);
    }
    let next: string | undefined;
    for (;;) {
      try {
        next = await nextInstance(kube, options, instance, signal);
        break;
      } catch (error) {
        await bridge(error);
      }
    }
    if (next === instance) {
      // It still runs, only the stream has ended.
      await kube.network.pause(failures === 0 ? 50 : 1000, signal);
      failures += 1;
      continue;
    }
    // The stream may have ended before the container did: fetch what it wrote last.
    try {
      yield* read(false, next !== undefined);
    } catch (error) {
      // Gone with its container or pod: there is nothing left to fetch.
      if (!isFailure(error, 'KUBE_NOT_FOUND') && !isFailure(error, 'KUBE_REJECTED')) await bridge(error);
    }
    if (next !== undefined) onRestart?.();
    instance = next;
  }
}

async function openLog(
  kube: Kube,
  options: LogOptions,
  follow: boolean,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const { namespace, pod, container, tailLines, sinceTime, previous } = options;
  const path = corePath('pods', { namespace, name: pod, subresource: 'log' });
  return openRequest(kube, {
    method: 'GET',
    path: withQuery(path, { container, follow, timestamps: true, tailLines, sinceTime, previous }),
    accept: '*/*',
    signal,
  });
}

function serverTime(answer: IncomingMessage): string {
  const { date } = answer.headers;
  return new Date(date === undefined ? Date.now() : Date.parse(date)).toISOString();
}

/** The lines of one answer, as many at a time as arrived together. Closes `stream`. */
async function* readBatches(
  kube: Kube,
  stream: IncomingMessage,
  endedOnly: boolean,
): AsyncGenerator<LogLine[]> {
  try {
    for await (const lines of splitLines(stream, { endedOnly })) yield lines.map(parseLogLine);
  } catch (error) {
    throw error instanceof Failure ? error : connectionFailure(kube, error);
  } finally {
    stream.destroy();
  }
}
