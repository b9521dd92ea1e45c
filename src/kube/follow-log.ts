import type { IncomingMessage } from 'node:http';
import { Failure, isFailure } from '../base/failure.js';
import { nextInstance, type Instance } from './container-instance.js';
import type { Kube } from './kubeconfig.js';
import { LogCursor } from './log-cursor.js';
import { openLog, piecesOf, type LogOptions } from './logs.js';
import { endWhenStuck } from './log-stuck.js';
import { TimedLog } from './timed-log.js';
import { isPassing } from './watch.js';

export interface FollowOptions extends Omit<LogOptions, 'limitBytes' | 'previous'> {
  /** Told when the connection broke and the log will be resumed. */
  onLost?: ((failure: Failure) => void) | undefined;
  /** Told when the log is there, also when it is there again. */
  onConnected?: (() => void) | undefined;
  /** Told when the container has been started anew and its log goes on, and how it had ended: `exit code 1`. */
  onRestart?: ((end: string | undefined) => void) | undefined;
  /** Told, before what comes after them, that lines may be missing, and why. */
  onMissing?: ((text: string) => void) | undefined;
}

/** A kubelet looks every 10 s, or as it is configured, whether a log is to be rotated. */
const rotationMs = 3000;

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
  const { namespace, pod, container, onConnected, onLost, onRestart, onMissing } = options;
  const cursor = new LogCursor();
  const tellRotated = (): void =>
    onMissing?.(`the node rotated the log of container ${container} away before it could be read`);
  const log = new TimedLog(cursor, tellRotated);
  let isGapTold = false;
  let connected = false;
  let nothingSince: string | undefined;
  let nodeText: string | undefined;
  let lastByte = 0x0a;
  let failures = 0;

  const bridge = async (error: unknown): Promise<void> => {
    signal?.throwIfAborted();
    if (!connected || !(error instanceof Failure)) throw error;
    if (!isPassing(error) && failures >= toleratedRefusals) throw error;
    onLost?.(error);
    await kube.network.pause(Math.min(200 * 2 ** failures, 5000), signal);
    failures += 1;
  };
  async function* read(from: 'present' | 'previous' | 'ended' | 'so-far', of: 'same' | 'next') {
    const { tailLines, sinceTime, sinceSeconds } = options;
    const begin = connected
      ? { sinceTime: cursor.since ?? nothingSince }
      : { tailLines, sinceTime, sinceSeconds };
    const follow = from === 'present';
    const at = { namespace, pod, container, previous: from === 'previous' };
    const began = Date.now();
    const stream = await openLog(kube, { ...at, ...begin }, { follow, timestamps: true }, signal);
    // Nothing has been seen so far: then there was nothing, unless the caller did not want to see it.
    if (!connected) nothingSince = firstWanted(options, stream);
    connected = true;
    onConnected?.();
    log.restart(isGapTold ? 'next' : of);
    const clockAhead = serverTime(stream) - Date.now();
    let arrived = began;
    const pieces = piecesOf(kube, stream);
    for await (const piece of follow ? endWhenStuck(stream, pieces) : pieces) {
      failures = 0;
      const now = Date.now();
      for (let text = log.push(piece); ; text = log.goOn()) {
        if (text.length > 0) {
          arrived = now;
          isGapTold = false;
          lastByte = text.at(-1) ?? lastByte;
          yield text;
        }
        const { doubt } = log;
        if (doubt === undefined) break;
        if (doubt.step === 'back') {
          // The node reads its file again, from its beginning. What is new in it is known by asking anew.
          if ((await firstTime(at)) === doubt.time) return;
        } else {
          // It skips a file only when one was begun and rotated away while the one before was still being read.
          const behindMs = arrived + clockAhead - cursor.newestMs;
          if (Math.min(behindMs, arrived - began) > rotationMs && !(await isInFile(at, cursor.newestMs)))
            onMissing?.(
              `the node rotated the log of container ${container} faster than it was read, between ${new Date(cursor.newestMs).toISOString()} and ${doubt.time}`,
            );
        }
      }
    }
    const words = log.nodeText();
    if (words !== undefined && words !== nodeText) onMissing?.(`the node says: ${words}`);
    nodeText = words ?? nodeText;
    // Not even the last line seen is there any more.
    if (!follow && cursor.isGap) {
      isGapTold = true;
      tellRotated();
    }
    // A line without its end at the end of a log that is to go on is a torn one: it is read again.
    if (from === 'previous' || from === 'ended') {
      const text = log.rest();
      lastByte = text.at(-1) ?? lastByte;
      if (text.length > 0) yield text;
    }
  }

  /** Of the oldest line that the node still has in the file it reads from. */
  async function firstTime(at: LogOptions): Promise<string | undefined> {
    try {
      const answer = await openLog(
        kube,
        { ...at, limitBytes: 64 },
        { follow: false, timestamps: true },
        signal,
      );
      const pieces: Buffer[] = [];
      for await (const piece of piecesOf(kube, answer)) pieces.push(piece);
      return Buffer.concat(pieces).toString('latin1').split(' ')[0];
    } catch (error) {
      if (signal?.aborted || !(error instanceof Failure)) throw error;
      return undefined;
    }
  }
  const isInFile = async (at: LogOptions, ms: number): Promise<boolean> =>
    Date.parse((await firstTime(at)) ?? '') < ms + 1000;

  /** From where reading has come to, whatever happens meanwhile. */
  async function* readToItsEnd(from: 'previous' | 'ended' | 'so-far', of: 'same' | 'next') {
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
    let isWhole = false;
    let isCut = false;
    try {
      yield* read(instance.hasEnded ? 'ended' : 'present', of);
      isWhole = instance.hasEnded;
    } catch (error) {
      if (connected && isFailure(error, 'KUBE_NOT_FOUND')) return;
      isCut = true;
      await bridge(error);
    }
    const next = await whatFollows(instance);
    if (next?.id === instance.id) {
      // It still runs, only the stream has ended, perhaps as it was stuck since the log was rotated.
      of = 'same';
      if (!isCut) yield* readToItsEnd('so-far', of);
      await kube.network.pause(failures === 0 ? 50 : 1000, signal);
      failures += 1;
      continue;
    }
    const restarts = next === undefined ? 0 : next.restarts - instance.restarts;
    if (restarts > 1)
      onMissing?.(`container ${container} was restarted ${restarts} times while the connection was down`);
    // The stream may have ended before the container did: fetch what it wrote last.
    if (!isWhole)
      yield* readToItsEnd(next === undefined ? 'ended' : 'previous', restarts > 1 ? 'next' : 'same');
    if (next === undefined) return;
    if (lastByte !== 0x0a) yield Buffer.from('\n');
    lastByte = 0x0a;
    onRestart?.(next.endOfLast);
    of = 'next';
    instance = next;
  }
}

/** From when on lines are wanted that the first answer did not have; undefined: all. */
function firstWanted(options: FollowOptions, answer: IncomingMessage): string | undefined {
  const { sinceSeconds, sinceTime, tailLines } = options;
  const age = tailLines === 0 ? 0 : sinceSeconds;
  return age === undefined ? sinceTime : new Date(serverTime(answer) - age * 1000).toISOString();
}

function serverTime(answer: IncomingMessage): number {
  const { date } = answer.headers;
  return date === undefined ? Date.now() : Date.parse(date);
}
