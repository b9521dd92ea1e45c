import { Failure } from '../../base/failure.js';
import { timeOfFirstLine } from './log-time.js';

/** An answer with a log. */
export interface OpenFile {
  readonly stream: { destroy: () => unknown };
  /** Closes the stream. */
  readonly blocks: AsyncGenerator<Buffer>;
}

/** One of the files a node has put a log into, held open from its beginning. */
export interface LaterFile extends OpenFile {
  /** Time of its first line, as the node writes it. */
  readonly first: string;
  /** When it was opened, by this machine's clock. */
  readonly openedAt: number;
  /** So long nobody had looked that another file may have come and gone before it. */
  readonly isAfterGap: boolean;
}

export interface LogFiles {
  /** Of the first line in the newest file; undefined when there is none. */
  firstTime(signal: AbortSignal): Promise<string | undefined>;
  /** The newest file from its beginning and what is written to it from now on. */
  open(signal: AbortSignal): Promise<OpenFile>;
  /** Whether no line as late as this one has been read so far. */
  isLater(time: string): boolean;
}

/**
 * A file that was begun when the one before was full lives at least ten seconds: so often a kubelet looks (`containerLogMonitorInterval`). The first one
 * of a container may be rotated sooner.
 */
const lookEveryMs = 1000;
const surelyOneMs = 9000;
/** Lines of stdout and stderr are not in order to the millisecond. */
const passedMs = 2000;
/** Who gets less than that between two looks is not behind. */
const busyBytes = 256 * 1024;
/** As many as a node keeps (`containerLogMaxFiles`): what is held open here takes room on its disk. */
const mostFiles = 5;

/**
 * The files that a node begins while an earlier one is still being read. A kubelet gives only the newest one to who asks, and its follower goes from
 * the file it is in to the newest, whatever came between; but what has been opened can be read to its end, also when it has been renamed, compressed
 * or deleted meanwhile. So while a log is busy, or is read slower than it is written, each new file is opened when it is begun, and waits.
 *
 * Looks are small requests, and made only while there is much to read. A look that fails is made again. Disposing closes what is open.
 */
export class LaterFiles implements AsyncDisposable {
  /** The reader waits for those who take what it has read. */
  isHeld = false;
  readonly #log: LogFiles;
  /** With what has been read of each to know its first line. */
  readonly #files: (LaterFile & { readonly start: Buffer })[] = [];
  #current: string | undefined;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookedAt = 0;
  readonly #stop = new AbortController();

  constructor(log: LogFiles) {
    this.#log = log;
  }

  /** The file that follows the one being read. */
  get next(): LaterFile | undefined {
    return this.#files[0];
  }

  /** So much of the present file has come. */
  arrived(bytes: number): void {
    this.#bytes += bytes;
    if (this.#timer !== undefined || this.#looking !== undefined || this.#isOver) return;
    // So far there was little to read: the newest file was being read.
    this.#lookedAt = Date.now();
    this.#arm();
  }

  /** The first line, without its time, of the file whose second line has this time. */
  firstBefore(time: string): Buffer | undefined {
    const ms = Date.parse(time);
    const file = this.#files.findLast(({ first }) => Date.parse(first) <= ms);
    const end = file?.start.indexOf(0x0a) ?? -1;
    if (file === undefined || end < 0 || file.first === time || ms - Date.parse(file.first) > passedMs)
      return undefined;
    return file.start.subarray(file.first.length + 1, end + 1);
  }

  /** The next file, now the present one; the caller reads or returns it. */
  take(): LaterFile | undefined {
    const file = this.#files.shift();
    if (file === undefined) return undefined;
    this.#current = file.first;
    return { ...file, blocks: resumed(file.start, file.blocks) };
  }

  /** Closes files that the reader has come to by itself, with what it reads now. */
  async dropPassed(newestMs: number): Promise<void> {
    for (let file = this.next; file && Date.parse(file.first) + passedMs < newestMs; file = this.next) {
      this.#current = file.first;
      await this.#files.shift()?.blocks.return(undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#looking;
    for (const { blocks } of this.#files.splice(0)) await blocks.return(undefined);
  }

  get #isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  #arm(): void {
    if (!this.#isOver) this.#timer = setTimeout(() => this.#tick(), lookEveryMs);
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#bytes < busyBytes && !this.isHeld && this.#files.length === 0) return;
    this.#bytes = 0;
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      this.#arm();
    });
  }

  async #look(): Promise<void> {
    if (this.#files.length >= mostFiles) return;
    const began = Date.now();
    try {
      if (this.#isNew(await this.#log.firstTime(this.#stop.signal))) {
        const { blocks, stream } = await this.#log.open(this.#stop.signal);
        const start = await blocks.next();
        // It may be yet another one by now.
        const first = start.done ? undefined : timeOfFirstLine(start.value);
        const isAfterGap = Date.now() - this.#lookedAt > surelyOneMs;
        if (start.done || this.#isOver || !this.#isNew(first)) await blocks.return(undefined);
        else this.#files.push({ first, stream, blocks, start: start.value, openedAt: began, isAfterGap });
      }
      this.#lookedAt = began;
    } catch (error) {
      if (!this.#isOver && !(error instanceof Failure)) throw error;
    }
  }

  #isNew(first: string | undefined): first is string {
    const last = this.#files.at(-1)?.first ?? this.#current;
    return first !== undefined && first !== last && this.#log.isLater(first);
  }
}

async function* resumed(start: Buffer, blocks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield start;
    yield* blocks;
  } finally {
    await blocks.return(undefined);
  }
}
