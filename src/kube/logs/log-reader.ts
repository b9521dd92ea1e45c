import type { IncomingMessage } from 'node:http';
import { Failure } from '../../base/failure.js';
import { startOfNext, type Instance } from '../pods/container-instance.js';
import type { FollowOptions } from './follow-options.js';
import type { Kube } from '../kube.js';
import { LaterFiles, type LaterFile, type OpenFile } from './later-files.js';
import { LogCursor } from './log-cursor.js';
import { firstTime, isOfRemoved, openLog, piecesOf } from './logs.js';
import { endWhenStuck, type Later } from './log-stuck.js';
import { TimedLog } from './timed-log.js';

/** A kubelet looks every 10 s, or as it is configured, whether a log is to be rotated. */
const rotationMs = 3000;
/** What a node knows of its containers reaches the server that much later than their logs, at most. */
const statusLagMs = 2000;
/** A busy log writes the last line of a file and the first of the next one within that time. */
const adjacentMs = 100;

/** What of a log is read: followed, or as it is now; of the instance that runs, or of the one before. `ended`: the present one writes no more. */
export type Part = 'present' | 'previous' | 'ended' | 'so-far';

/**
 * Reads the log of one container in parts, so that together they are the whole: each goes on where the one before came to. Lines that the node could
 * not give are told with `onMissing`, before what comes after them. Disposing closes what is open.
 */
export class LogReader implements AsyncDisposable {
  /** The log has been there. */
  connected = false;
  /** What was to be read last was not there any more: the node has removed the container. */
  isRemoved = false;
  /** Attempts to read since something came. */
  failures = 0;
  /** What was read ends within a line. */
  get isInLine(): boolean {
    return this.#lastByte !== 0x0a;
  }
  readonly #kube: Kube;
  readonly #options: FollowOptions;
  readonly #signal: AbortSignal | undefined;
  readonly #cursor = new LogCursor();
  readonly #log: TimedLog;
  readonly #later: LaterFiles;
  #isGapTold = false;
  #nothingSince: string | undefined;
  #nodeText: string | undefined;
  #lastByte = 0x0a;
  /** The line, with its time, that the end of a file has cut. */
  #torn: Buffer | undefined;
  /** When the last part was begun, and how much later it is for the server. */
  #began = 0;
  /** What was yielded last. */
  #arrived = 0;
  #clockAhead = 0;

  constructor(kube: Kube, options: FollowOptions, signal: AbortSignal | undefined) {
    this.#kube = kube;
    this.#options = options;
    this.#signal = signal;
    this.#log = new TimedLog(this.#cursor, () => this.#tellRotated());
    const eitherOf = (stop: AbortSignal) => (signal ? AbortSignal.any([signal, stop]) : stop);
    this.#later = new LaterFiles({
      firstTime: (stop) => firstTime(kube, this.#where, eitherOf(stop)),
      open: async (stop) => {
        const how = { follow: true, timestamps: true };
        const stream = await openLog(kube, this.#where, how, eitherOf(stop));
        return { stream, blocks: piecesOf(kube, stream) };
      },
      isLater: (time) => this.#cursor.msUntil(time) > 0,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#later[Symbol.asyncDispose]();
  }

  /** Yields whole lines; only lines over 1 MiB come in pieces. Failures of openLog and of broken connections. `of`: of the log read last, or the next. */
  async *read(instance: Instance, part: Part, of: 'same' | 'next'): AsyncGenerator<Buffer> {
    const { onConnected, sinceSeconds, sinceTime, tailLines } = this.#options;
    const begin = this.connected
      ? { sinceTime: this.#cursor.since ?? this.#nothingSince }
      : { tailLines, sinceTime, sinceSeconds };
    const follow = part === 'present';
    const at = { ...this.#where, ...begin, previous: part === 'previous' };
    this.#began = Date.now();
    this.isRemoved = false;
    const stream = await openLog(this.#kube, at, { follow, timestamps: true }, this.#signal);
    // Nothing has been seen so far: then there was nothing, unless the caller did not want to see it.
    if (!this.connected) this.#nothingSince = firstWanted(this.#options, stream);
    this.connected = true;
    onConnected?.();
    this.#log.restart(this.#isGapTold ? 'next' : of);
    this.#clockAhead = serverTime(stream) - Date.now();
    const file = { stream, blocks: piecesOf(this.#kube, stream) };
    if (follow) yield* this.#readFiles(file, instance);
    else yield* this.#readFile(file, follow);
    // Not even the last line seen is there any more.
    if (!follow && this.#cursor.isGap && !this.isRemoved) {
      this.#isGapTold = true;
      this.#tellRotated();
    }
    // A line without its end at the end of a log that is to go on is a torn one: it is read again.
    if (part === 'previous' || part === 'ended') {
      const text = this.#log.rest();
      this.#lastByte = text.at(-1) ?? this.#lastByte;
      if (text.length > 0) yield text;
    }
  }

  /** Whether files have been opened that were not read so far. */
  get isBehind(): boolean {
    return this.#later.next !== undefined;
  }

  /** The files of this instance that were begun while something else was read, and what follows them. As `read`. */
  async *readLater(instance: Instance): AsyncGenerator<Buffer> {
    const file = await this.#ownNext(instance);
    if (file === undefined) return;
    this.#goOnWith(file, 'ended');
    yield* this.#readFiles(file, instance);
  }

  /** The log of another instance begins. Tells when its beginning is not there any more. */
  async begin({ startedAt }: Instance): Promise<void> {
    this.#lastByte = 0x0a;
    const { next } = this.#later;
    const ageMs = Date.now() + this.#clockAhead - (startedAt ?? Infinity);
    if (startedAt === undefined || (next ? !next.isAfterGap : ageMs < rotationMs)) return;
    const first = next?.first ?? (await firstTime(this.#kube, this.#where, this.#signal));
    if (first !== undefined && Date.parse(first) - startedAt > rotationMs)
      this.#tellBetween(startedAt, first);
  }

  get #where() {
    const { container, namespace, pod } = this.#options;
    return { namespace, pod, container };
  }

  /** The file, and those the node has begun meanwhile. */
  async *#readFiles(first: OpenFile, instance: Instance): AsyncGenerator<Buffer> {
    for (let file: OpenFile | undefined = first; file !== undefined;) {
      let end: 'ended' | 'next' | 'cut';
      try {
        end = yield* this.#readFile(file, true);
      } catch (error) {
        if (this.#signal?.aborted || !this.isBehind || !(error instanceof Failure)) throw error;
        end = 'cut';
      }
      const next: LaterFile | undefined = end === 'next' ? this.#later.take() : await this.#ownNext(instance);
      if (next !== undefined) this.#goOnWith(next, end);
      file = next;
    }
  }

  #goOnWith(file: LaterFile, end: 'ended' | 'next' | 'cut'): void {
    const isStep = Date.parse(file.first) - this.#cursor.newestMs > rotationMs;
    const isGap = end === 'cut' || (file.isAfterGap && isStep);
    if (isGap) this.#tellBetween(this.#cursor.newestMs, file.first);
    // What belongs to a torn line is at the beginning of the very next file.
    this.#log.restart('file', isGap ? undefined : this.#torn);
  }

  /** The next file, unless it is of an instance that was started since. */
  async #ownNext(instance: Instance): Promise<LaterFile | undefined> {
    const { next } = this.#later;
    if (next === undefined) return undefined;
    await this.#kube.network.pause(Math.max(0, next.openedAt + statusLagMs - Date.now()), this.#signal);
    const start = await startOfNext(this.#kube, this.#where, instance, this.#signal).catch(
      (error: unknown) => {
        if (this.#signal?.aborted || !(error instanceof Failure)) throw error;
        return undefined;
      },
    );
    return start !== undefined && Date.parse(next.first) >= start ? undefined : this.#later.take();
  }

  /** To its end, or to where the next one begins. */
  async *#readFile({ blocks, stream }: OpenFile, follow: boolean): AsyncGenerator<Buffer, 'ended' | 'next'> {
    const later = this.#later;
    const log = this.#log;
    this.#torn = undefined;
    this.#arrived = this.#began;
    for await (const piece of follow ? endWhenStuck(stream, blocks, () => this.#whatIsLater()) : blocks) {
      this.failures = 0;
      later.arrived(piece.length);
      log.until = follow ? later.next?.first : undefined;
      const now = Date.now();
      const end = yield* this.#pass(log.push(piece), follow, now);
      if (end) return end;
      if (follow) await later.dropPassed(this.#cursor.newestMs);
    }
    const end = yield* this.#pass(log.end(), follow, this.#arrived);
    if (end) return end;
    this.#torn = log.tornLine;
    const words = log.nodeText();
    if (words !== undefined && isOfRemoved(words)) this.isRemoved = true;
    else if (words !== undefined && words !== this.#nodeText)
      this.#options.onMissing?.(`the node says: ${words}`);
    this.#nodeText = words ?? this.#nodeText;
    return 'ended';
  }

  /** Yields `text`, and what follows it after each doubt; returns how the file has ended, if it has. */
  async *#pass(
    text: Buffer,
    follow: boolean,
    now: number,
  ): AsyncGenerator<Buffer, 'ended' | 'next' | undefined> {
    const log = this.#log;
    for (; ; text = log.goOn()) {
      if (text.length > 0) {
        this.#arrived = now;
        this.#isGapTold = false;
        this.#lastByte = text.at(-1) ?? 0x0a;
        this.#later.isHeld = true;
        yield text;
        this.#later.isHeld = false;
      }
      const { doubt } = log;
      if (doubt === undefined) return undefined;
      // An answer that does not follow is of one file.
      if (!follow) continue;
      if (doubt.step === 'next') return 'next';
      if (this.#isInNext(doubt.time)) {
        yield* this.#lastLine(doubt.time);
        return 'next';
      }
      if (doubt.step === 'back') {
        // The node reads its file again, from its beginning. What is new in it is known by asking anew.
        if ((await firstTime(this.#kube, this.#where, this.#signal)) === doubt.time) return 'ended';
      } else if (await this.#isAfterRotation()) this.#tellBetween(this.#cursor.newestMs, doubt.time);
    }
  }

  /**
   * The one before the node skipped to a line with that time. If it was torn at the end of its file, the node has joined it with the first line of the
   * file it went on with; what belongs to it is at the beginning of the one that waits.
   */
  *#lastLine(time: string): Generator<Buffer> {
    const line = this.#log.takeLineBefore();
    if (line === undefined) return;
    const foreign = this.#later.firstBefore(time);
    const own = line.text.length - (foreign?.length ?? 0);
    if (foreign && own > 0 && line.text.subarray(own).equals(foreign))
      this.#torn = Buffer.concat([Buffer.from(`${line.time} `), line.text.subarray(0, own)]);
    else yield line.text;
  }

  #whatIsLater(): Later {
    const { next } = this.#later;
    if (next === undefined) return 'none';
    return this.#cursor.msUntil(next.first) < adjacentMs ? 'adjacent' : 'distant';
  }

  /** The node has gone on with its newest file, so that what follows is in one that waits here. */
  #isInNext(time: string): boolean {
    const first = Date.parse(this.#later.next?.first ?? '');
    return this.#cursor.newestMs <= first && Date.parse(time) >= first;
  }

  /** It skips a file only when one was begun and rotated away while the one before was still being read. */
  async #isAfterRotation(): Promise<boolean> {
    const { newestMs } = this.#cursor;
    const behindMs = this.#arrived + this.#clockAhead - newestMs;
    if (Math.min(behindMs, this.#arrived - this.#began) <= rotationMs) return false;
    const first = await firstTime(this.#kube, this.#where, this.#signal);
    return !(Date.parse(first ?? '') < newestMs + 1000);
  }

  #tellRotated(): void {
    const { container, onMissing } = this.#options;
    onMissing?.(`the node rotated the log of container ${container} away before it could be read`);
  }

  #tellBetween(ms: number, time: string): void {
    const { container, onMissing } = this.#options;
    onMissing?.(
      `the node rotated the log of container ${container} faster than it was read, between ${new Date(ms).toISOString()} and ${time}`,
    );
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
