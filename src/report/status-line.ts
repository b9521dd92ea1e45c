import { formatMs } from '../base/format.js';

const TICK_MS = 200;

export interface StatusLine {
  /** Shows what is being waited for; false where there is no terminal to show it on. */
  set(id: string, text: string): boolean;
  clear(id: string): void;
  /** What stands there while nothing is being waited for; an empty text takes it away. */
  rest(text: string): void;
  /** Writes other output around the line. */
  print(write: () => void): void;
  close(): void;
}

/**
 * One redrawn line at the bottom of a terminal, cut to its width: the newest thing that is being waited for, with its elapsed time, or how things are
 * while nothing is.
 */
export function statusLine(
  stream: NodeJS.WritableStream & { isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv,
): StatusLine {
  const live = stream.isTTY === true && env.TERM !== 'dumb' && !env.CI;
  const waiting = new Map<string, { text: string; since: number }>();
  let timer: NodeJS.Timeout | undefined;
  let drawn = false;
  let resting = '';

  const erase = () => {
    if (drawn) stream.write('\r\u001b[K');
    drawn = false;
  };
  const draw = () => {
    erase();
    const newest = [...waiting.values()].at(-1);
    if (!newest && resting === '') return;
    const text = newest
      ? `wait ${newest.text} (${formatMs(Math.max(0, performance.now() - newest.since))})`
      : resting;
    // Some terminals say 0 when they do not know. The last column stays free: what fills it makes some of them wrap.
    const width = Math.max(4, (stream.columns || 80) - 1);
    stream.write(text.length > width ? `${text.slice(0, width - 3)}...` : text);
    drawn = true;
  };
  const stopTimer = () => {
    clearInterval(timer);
    timer = undefined;
  };

  return {
    set(id, text) {
      if (!live) return false;
      const since = waiting.get(id)?.since ?? performance.now();
      waiting.delete(id);
      waiting.set(id, { text, since });
      // Runs only while something is being waited for.
      timer ??= setInterval(draw, TICK_MS).unref();
      draw();
      return true;
    },
    clear(id) {
      if (!waiting.delete(id)) return;
      if (waiting.size === 0) stopTimer();
      draw();
    },
    rest(text) {
      if (!live || text === resting) return;
      resting = text;
      draw();
    },
    print(write) {
      erase();
      write();
      draw();
    },
    close() {
      waiting.clear();
      resting = '';
      stopTimer();
      erase();
    },
  };
}
