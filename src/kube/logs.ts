import type { IncomingMessage } from 'node:http';
import { Failure, isFailure } from '../base/failure.js';
import { connectionFailure, kubectl } from './api-failure.js';
import { corePath, withQuery } from './api-paths.js';
import { nextInstance, type Instance } from './container-instance.js';
import type { Kube } from './kubeconfig.js';
import { LogCursor } from './log-cursor.js';
import { openRequest } from './request.js';
import { TimedLog } from './timed-log.js';
import { isPassing } from './watch.js';

export interface LogOptions {
  namespace: string;
  pod: string;
  container: string;
  /** Begin with so many of the last lines; default all of them. */
  tailLines?: number | undefined;
  /** Begin with lines of this time (RFC 3339, whole seconds) or later. */
  sinceTime?: string | undefined;
  /** Begin with lines that are at most so old, by the server's clock. */
  sinceSeconds?: number | undefined;
  /** Of the instance of the container before the present one. */
  previous?: boolean | undefined;
}

export interface FollowOptions extends Omit<LogOptions, 'previous'> {
  /** Told when the connection broke and the log will be resumed. */
  onLost?: ((failure: Failure) => void) | undefined;
  /** Told when the log is there, also when it is there again. */
  onConnected?: (() => void) | undefined;
  /** Told when the container has been started anew and its log goes on, and how it had ended: `exit code 1`. */
  onRestart?: ((end: string | undefined) => void) | undefined;
  /** Told, before what comes after them, that lines may be missing, and why. */
  onMissing?: ((text: string) => void) | undefined;
}

/** How often a log that was there may be refused: a server that just started answers 403 until it has read its roles. */
const toleratedRefusals = 5;

/** What a node answers instead of the log of a container that it has removed. The status is 200 all the same. */
const goneText = 'unable to retrieve container logs for ';

/**
 * The log as it is now, byte for byte, in pieces as they arrive; the server is held back while nobody takes them. Failures as openRequest:
 * KUBE_REJECTED tells why a container has no log yet, KUBE_UNREACHABLE that the connection broke before the end. LOGS_UNAVAILABLE when the node has
 * removed the log.
 */
export async function* readLog(
  kube: Kube,
  options: LogOptions,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const stream = await openLog(kube, options, { follow: false, timestamps: false }, signal);
  let isFirst = true;
  let doubtful: Buffer | undefined;
  for await (const piece of piecesOf(kube, stream)) {
    if (isFirst && piece.indexOf(goneText) === 0 && !piece.includes(0x0a)) doubtful = piece;
    else {
      if (doubtful !== undefined) yield doubtful;
      doubtful = undefined;
      yield piece;
    }
    isFirst = false;
  }
  if (doubtful !== undefined) throw goneFailure(kube, options);
}

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
  const { namespace, pod, container, onConnected, onLost, onRestart, onMissing } = options;
  const cursor = new LogCursor();
  const log = new TimedLog(cursor, () =>
    onMissing?.(`the node rotated the log of container ${container} away while the connection was down`),
  );
  let connected = false;
  let nothingSince: string | undefined;
  let nodeText: string | undefined;
  let failures = 0;

  const bridge = async (error: unknown): Promise<void> => {
    signal?.throwIfAborted();
    if (!connected || !(error instanceof Failure)) throw error;
    if (!isPassing(error) && failures >= toleratedRefusals) throw error;
    onLost?.(error);
    await kube.network.pause(Math.min(200 * 2 ** failures, 5000), signal);
    failures += 1;
  };
  async function* read(from: 'present' | 'previous' | 'ended', of: 'same' | 'next') {
    const { tailLines, sinceTime, sinceSeconds } = options;
    const begin = connected
      ? { sinceTime: cursor.since ?? nothingSince }
      : { tailLines, sinceTime, sinceSeconds };
    const follow = from === 'present';
    const asked = { namespace, pod, container, ...begin, previous: from === 'previous' };
    const stream = await openLog(kube, asked, { follow, timestamps: true }, signal);
    // Nothing has been seen so far: then there was nothing, unless the caller did not want to see it.
    if (!connected) nothingSince = firstWanted(options, stream);
    connected = true;
    onConnected?.();
    log.restart(of);
    for await (const piece of piecesOf(kube, stream)) {
      failures = 0;
      const text = log.push(piece);
      if (text.length > 0) yield text;
    }
    const words = log.nodeText();
    if (words !== undefined && words !== nodeText) onMissing?.(`the node says: ${words}`);
    nodeText = words ?? nodeText;
    // A line without its end at the end of a stream that was to go on is a torn one: it is read again.
    if (!follow) {
      const text = log.rest();
      if (text.length > 0) yield text;
    }
  }

  /** Of an instance that has ended: from where reading has come to. */
  async function* readToItsEnd(from: 'previous' | 'ended', of: 'same' | 'next') {
    for (let log = of; ; log = 'same') {
      try {
        yield* read(from, log);
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
    try {
      yield* read('present', of);
    } catch (error) {
      if (connected && isFailure(error, 'KUBE_NOT_FOUND')) return;
      await bridge(error);
    }
    const next = await whatFollows(instance);
    if (next?.id === instance.id) {
      of = 'same';
      // It still runs, only the stream has ended.
      await kube.network.pause(failures === 0 ? 50 : 1000, signal);
      failures += 1;
      continue;
    }
    const restarts = next === undefined ? 0 : next.restarts - instance.restarts;
    if (restarts > 1)
      onMissing?.(`container ${container} was restarted ${restarts} times while the connection was down`);
    // The stream may have ended before the container did: fetch what it wrote last.
    let last = 0x0a;
    const rest = readToItsEnd(next === undefined ? 'ended' : 'previous', restarts > 1 ? 'next' : 'same');
    for await (const text of rest) {
      last = text.at(-1) ?? last;
      yield text;
    }
    if (next === undefined) return;
    if (last !== 0x0a) yield Buffer.from('\n');
    onRestart?.(next.endOfLast);
    of = 'next';
    instance = next;
  }
}

async function openLog(
  kube: Kube,
  options: LogOptions,
  { follow, timestamps }: { follow: boolean; timestamps: boolean },
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const { namespace, pod, container, tailLines, sinceTime, sinceSeconds, previous } = options;
  const path = corePath('pods', { namespace, name: pod, subresource: 'log' });
  const query = { container, follow, timestamps, tailLines, sinceTime, sinceSeconds, previous };
  return openRequest(kube, { method: 'GET', path: withQuery(path, query), accept: '*/*', signal });
}

/** From when on lines are wanted that the first answer did not have; undefined: all. */
function firstWanted(options: FollowOptions, answer: IncomingMessage): string | undefined {
  const { sinceSeconds, sinceTime, tailLines } = options;
  const age = tailLines === 0 ? 0 : sinceSeconds;
  if (age === undefined) return sinceTime;
  const { date } = answer.headers;
  const now = date === undefined ? Date.now() : Date.parse(date);
  return new Date(now - age * 1000).toISOString();
}

/** The bytes of one answer as they come. Closes `stream`. */
async function* piecesOf(kube: Kube, stream: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof Failure ? error : connectionFailure(kube, error);
  } finally {
    stream.destroy();
  }
}

function goneFailure(kube: Kube, { container, namespace, pod }: LogOptions): Failure {
  return new Failure({
    code: 'LOGS_UNAVAILABLE',
    message: `The node has removed the log of container ${container} of pod ${namespace}/${pod}`,
    subject: pod,
    hint: kubectl(kube, `describe pod ${pod} -n ${namespace}`),
  });
}
