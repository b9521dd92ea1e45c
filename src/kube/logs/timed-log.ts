import type { LogCursor } from './log-cursor.js';
import { maxTimeBytes, timeEnd } from './log-time.js';

/** Of a line whose end has not come yet, so much is held; what is longer is passed on in pieces. */
export const maxHeldBytes = 1024 * 1024;

/** Runtimes cut longer lines into parts of this size, and servers up to 1.20 put a timestamp before each part. */
const partBytes = 16 * 1024;

/** Lines that are stamped apart, such as those of stdout and stderr, step back less. */
const stepBackMs = 3000;
/** Rotations of a node's log are further apart. */
const stepForwardMs = 3000;

const nothing = Buffer.alloc(0);

/**
 * A line that may not follow the one before it: the node may have begun its file again (`back`), or skipped one (`forward`); or it is the one where the
 * next file begins (`next`).
 */
export interface Doubt {
  step: 'back' | 'forward' | 'next';
  /** Of the line. */
  time: string;
}

export interface TimedLine {
  time: string;
  text: Buffer;
}

/**
 * Reads a log with timestamps: takes them off, leaves out what the cursor has seen, and passes on whole lines, byte for byte with their line ends. One
 * for each log that is followed: a line that was torn by the end of a connection is completed by the next one. Memory is bounded, whatever comes.
 */
export class TimedLog {
  private readonly cursor: LogCursor;
  private readonly onGap: () => void;
  /** Where reading has stopped, until `goOn`. What comes after it is kept. */
  doubt: Doubt | undefined;
  /**
   * The line with this time is in doubt: a file that waits begins with it. While one waits, each line is passed on when the next one is known to follow
   * it: a node that skips a file joins the torn line at the end of the one before with the rest of another.
   */
  until: string | undefined;
  private isSure = false;
  private untimed: string | undefined;
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** Of the open line: bytes passed on or left out so far, those of its present part, and whether it is new. */
  private open = 0;
  private part = 0;
  private isNew = false;
  /** Bytes of the line accepted last that were passed on before a connection ended within it. */
  private torn = 0;
  private toSkip = 0;
  private position = 0;
  private time = '';
  private lineBefore: TimedLine | undefined;
  private isContinued = false;
  private isAtEnd = false;

  /** `onGap` is told before the first line that comes after missing ones. */
  constructor(cursor: LogCursor, onGap: () => void) {
    this.cursor = cursor;
    this.onGap = onGap;
  }

  /**
   * What the node itself has to say at the end of an answer, such as that it cannot watch the log: text without a timestamp that none with one
   * follows.
   */
  nodeText(): string | undefined {
    if (this.heldBytes === 0 || this.open > 0) return this.untimed;
    const data = Buffer.concat(this.held);
    // A torn line may end within its timestamp.
    return /^\d{4}-/.test(data.toString('latin1', 0, 5)) ? undefined : shortText(data, 0, data.length);
  }

  /**
   * A new read begins, from the cursor's `since`: of the same log as before, or of that of the next instance of the container. Or from the beginning of
   * a file that follows the one that was read (`file`): then `torn` is the line at the end of that one, with its time, whose rest is at the beginning
   * of this one.
   */
  restart(log: 'same' | 'next' | 'file', torn?: Buffer): void {
    this.held = [];
    this.heldBytes = 0;
    this.until = undefined;
    this.lineBefore = undefined;
    this.isContinued = torn !== undefined;
    this.isAtEnd = false;
    this.isSure = log === 'file';
    if (torn) this.hold(torn);
    if (log === 'file') this.torn = 0;
    else if (this.isNew) this.torn = Math.max(this.torn, this.open);
    this.open = 0;
    this.isNew = false;
    this.untimed = undefined;
    this.doubt = undefined;
    this.cursor.restart(log);
  }

  /** The new text that `chunk` completes, in the memory of `chunk`; up to the next `doubt`. */
  push(chunk: Buffer): Buffer {
    if (this.isContinued) {
      chunk = chunk.subarray(timeEnd(chunk, 0, chunk.length) + 1);
      this.isContinued = false;
    }
    const isPart = chunk.lastIndexOf(0x0a) < 0 && this.heldBytes + chunk.length <= maxHeldBytes;
    this.hold(chunk);
    return isPart ? nothing : this.process();
  }

  /** The text after the line that was in doubt, with that line. */
  goOn(): Buffer {
    const before = this.takeLineBefore()?.text;
    this.doubt = undefined;
    this.isSure = true;
    const text = this.process();
    return before ? Buffer.concat([before, text]) : text;
  }

  /** The line before the one in doubt, where it was kept for the reason `until` names. Not taken, it comes with `goOn`. */
  takeLineBefore(): TimedLine | undefined {
    const line = this.lineBefore;
    this.lineBefore = undefined;
    return line;
  }

  /** The whole lines that were kept for what might follow: nothing does, until `restart`. */
  end(): Buffer {
    this.isAtEnd = true;
    return this.process();
  }

  /** The line that was begun and not ended, with its time, if none of it has been passed on. */
  get tornLine(): Buffer | undefined {
    return this.heldBytes > 0 && this.open === 0 ? Buffer.concat(this.held) : undefined;
  }

  private process(): Buffer {
    const data = this.takeHeld();
    const linesEnd = this.endOfSureLines(data);
    let out = 0;
    let at = 0;
    let lineBefore = -1;
    while (at < linesEnd) {
      const next = data.indexOf(0x0a, at) + 1;
      const begin = out;
      const { time } = this;
      out = this.take(data, at, next, next, out);
      if (this.doubt) {
        if (this.doubt.step === 'forward' && this.until !== undefined && lineBefore >= 0) {
          this.lineBefore = { time, text: Buffer.from(data.subarray(lineBefore, out)) };
          out = lineBefore;
        }
        break;
      }
      lineBefore = begin;
      this.close();
      at = next;
    }
    if (!this.doubt && data.length - at > maxHeldBytes) {
      // Not to its very end: a timestamp, or a character, may be cut there.
      const cut = characterStart(data, data.length - maxTimeBytes);
      out = this.take(data, at, cut, data.length, out);
      if (!this.doubt) at = this.position;
    }
    this.hold(data.subarray(at));
    return data.subarray(0, out);
  }

  private endOfSureLines(data: Buffer): number {
    const last = data.lastIndexOf(0x0a) + 1;
    if (this.until === undefined || this.isAtEnd || last < 2) return last;
    const before = data.lastIndexOf(0x0a, last - 2) + 1;
    return data.length - before > maxHeldBytes ? last : before;
  }

  /** What is left at the end of a log that will not go on: a last line without its line end. */
  rest(): Buffer {
    const data = this.takeHeld();
    this.isSure = true;
    const out = data.length > 0 ? this.take(data, 0, data.length, data.length, 0) : 0;
    this.close();
    return data.subarray(0, out);
  }

  /** The line is through. */
  private close(): void {
    if (this.isNew) this.torn = 0;
    this.open = 0;
  }

  private takeHeld(): Buffer {
    const [first = nothing, ...others] = this.held;
    const data = others.length > 0 ? Buffer.concat(this.held) : first;
    this.held = [];
    this.heldBytes = 0;
    return data;
  }

  private hold(data: Buffer): void {
    if (data.length === 0) return;
    this.held.push(data);
    this.heldBytes += data.length;
  }

  /** Moves what is new of a line, or of the next piece of one, to `out`. Returns where the next goes; `position` is what comes after the piece. */
  private take(data: Buffer, start: number, end: number, limit: number, out: number): number {
    let from = start;
    if (this.open === 0) {
      const space = timeEnd(data, start, limit);
      if (space < 0) {
        // The rest of a line that is older than what was asked for has none either, but then others follow.
        this.untimed = shortText(data, start, end);
        this.isNew = false;
      } else {
        from = space + 1;
        this.untimed = undefined;
        const time = data.toString('latin1', start, space);
        if (this.isDoubtful(time)) return out;
        this.time = time;
        this.judge(time);
      }
      this.part = 0;
    }
    let to = out;
    while (from < end) {
      if (this.part === partBytes) {
        const space = timeEnd(data, from, limit);
        if (space >= 0) from = space + 1;
        this.part = 0;
      }
      const next = Math.max(from, Math.min(end, from + partBytes - this.part));
      to = this.move(data, from, next, to);
      this.part += next - from;
      this.open += next - from;
      from = next;
    }
    this.position = from;
    return to;
  }

  private isDoubtful(time: string): boolean {
    if (time === this.until) {
      this.doubt = { step: 'next', time };
      return true;
    }
    const ms = this.isSure ? 0 : this.cursor.stepTo(time);
    this.isSure = false;
    if (ms > -stepBackMs && ms < stepForwardMs) return false;
    this.doubt = { step: ms < 0 ? 'back' : 'forward', time };
    return true;
  }

  private judge(time: string): void {
    const verdict = this.cursor.accept(time);
    if (verdict === 'after-gap') this.onGap();
    this.isNew = verdict === 'new' || verdict === 'after-gap';
    this.toSkip = 0;
    if (this.isNew) this.torn = 0;
    else if (verdict === 'last-seen' && this.torn > 0) {
      this.isNew = true;
      this.toSkip = this.torn;
    }
  }

  private move(data: Buffer, start: number, end: number, out: number): number {
    if (!this.isNew) return out;
    const skip = Math.min(this.toSkip, end - start);
    this.toSkip -= skip;
    const from = start + skip;
    if (from !== out) data.copyWithin(out, from, end);
    return out + end - from;
  }
}

function shortText(data: Buffer, start: number, end: number): string {
  return data.toString('utf8', start, Math.min(end, start + 1000)).trimEnd();
}

/** The last position at or before `at` where a UTF-8 character begins. */
function characterStart(data: Buffer, at: number): number {
  for (let position = at; position > at - 4 && position > 0; position -= 1)
    if (((data[position] ?? 0) & 0xc0) !== 0x80) return position;
  return at;
}
