/**
 * Remembers how far a log has been read, so that reading again from `since` neither loses nor repeats a line. The server filters by whole seconds, and
 * stdout and stderr are stamped apart, so that times step back a little now and then: a new read starts a second before the newest one seen, and the
 * lines seen since then come first, in the same order. They are skipped by their count. Should the log have been rotated away meanwhile, the first
 * line newer than all seen ones ends the skipping, and lines may be missing before it.
 */
export class LogCursor {
  /** First 19 characters of the newest time seen: its second, in the zone the server writes. */
  private second = '';
  private secondMs = -Infinity;
  private newestNanos = -1;
  private seenInSecond = 0;
  private seenInSecondBefore = 0;
  private toSkip = 0;
  private skipped = false;

  /** For the `sinceTime` of the next read; undefined when nothing was read yet. */
  get since(): string | undefined {
    return this.secondMs === -Infinity
      ? undefined
      : new Date(this.secondMs - 1000).toISOString().replace('.000Z', 'Z');
  }

  /**
   * A new read from `since` begins: of the same log, where lines that have been seen are to come first, or of one that follows it. Or one of a file of
   * which nothing has been seen.
   */
  restart(log: 'same' | 'next' | 'file' = 'same'): void {
    this.toSkip = log === 'file' ? 0 : this.seenInSecond + this.seenInSecondBefore;
    this.skipped = log !== 'same';
  }

  /** How much later than all lines seen one with this time is; negative when it is earlier than the newest of them. */
  msUntil(time: string): number {
    return secondMsOf(time) - this.secondMs + (nanosOf(time) - this.newestNanos) / 1e6;
  }

  /** How many ms later than the newest line seen one with this time is, by whole seconds; 0 while seen ones come again, and for the first one. */
  stepTo(time: string): number {
    if (this.toSkip > 0 || this.second === '' || time.startsWith(this.second)) return 0;
    return secondMsOf(time) - this.secondMs;
  }

  /** None of the lines that were to come again has come so far. */
  get isGap(): boolean {
    return this.toSkip > 0 && !this.skipped;
  }

  /** The second of the newest line seen. */
  get newestMs(): number {
    return this.secondMs;
  }

  /**
   * What the line with this time is; call it for each line in order. `last-seen` is the line that was accepted last before `restart`, `after-gap` a
   * new one before which others may be missing, for none of the seen ones came again.
   */
  accept(time: string): 'new' | 'after-gap' | 'seen' | 'last-seen' {
    const nanos = nanosOf(time);
    const isSameSecond = time.startsWith(this.second) && this.second !== '';
    const ms = isSameSecond ? this.secondMs : secondMsOf(time);
    let verdict: 'new' | 'after-gap' = 'new';
    if (this.toSkip > 0) {
      const isLater = ms > this.secondMs || (ms === this.secondMs && nanos > this.newestNanos);
      if (!isLater) {
        this.toSkip -= 1;
        this.skipped = true;
        return this.toSkip === 0 ? 'last-seen' : 'seen';
      }
      this.toSkip = 0;
      if (!this.skipped) verdict = 'after-gap';
    }
    if (ms > this.secondMs) {
      this.seenInSecondBefore = ms - this.secondMs === 1000 ? this.seenInSecond : 0;
      this.second = time.slice(0, 19);
      this.secondMs = ms;
      this.newestNanos = nanos;
      this.seenInSecond = 1;
    } else if (ms === this.secondMs) {
      this.seenInSecond += 1;
      if (nanos > this.newestNanos) this.newestNanos = nanos;
    } else if (this.secondMs - ms === 1000) this.seenInSecondBefore += 1;
    return verdict;
  }
}

function secondMsOf(time: string): number {
  return Date.parse(time.slice(0, 19) + time.slice(19).replace(/^\.\d+/, ''));
}

function nanosOf(time: string): number {
  if (time.charCodeAt(19) !== 0x2e) return 0;
  let nanos = 0;
  let digits = 0;
  for (let at = 20; at < time.length && digits < 9; at += 1, digits += 1) {
    const digit = time.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    nanos = nanos * 10 + digit;
  }
  return nanos * 10 ** (9 - digits);
}
