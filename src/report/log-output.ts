import type { LogSink } from './events.js';
import { forTerminal } from './terminal-text.js';
import { queueWrites } from './terminal.js';

type Encoded = Buffer | { text: string; encoding: 'latin1' | 'utf8' };

/** Writes logs to `stream` as `format` makes them, and asks to wait while the stream is full. `around` is given each write to do. */
export function logOutput(
  stream: NodeJS.WritableStream,
  format: (prefix: string, text: Buffer) => Encoded,
  around: (write: () => void) => void = (write) => write(),
): LogSink {
  let drained: Promise<void> | undefined;
  let isFirst = true;
  return {
    write(prefix, text) {
      if (isFirst) queueWrites(stream);
      isFirst = false;
      const data = format(prefix, text);
      let hasRoom = true;
      around(() => {
        hasRoom = Buffer.isBuffer(data) ? stream.write(data) : stream.write(data.text, data.encoding);
      });
      if (hasRoom) return undefined;
      drained ??= untilDrained(stream).then(() => {
        drained = undefined;
      });
      return drained;
    },
  };
}

/** Also resolves when nobody will read any more. */
function untilDrained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.removeListener(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.on(event, done);
  });
}

/**
 * `text` with `prefix ` before each line, the bytes of its lines as they are: each byte is one character of a string meanwhile, which is by far the
 * quickest way to insert between lines. On a terminal without what would change the terminal.
 */
export function prefixed(prefix: string, text: Buffer, { terminal = false } = {}): Encoded {
  const before = Buffer.from(`${prefix} `).toString('latin1');
  const end = text.at(-1) === 0x0a ? text.length - 1 : text.length;
  const plain = text.toString('latin1', 0, end);
  const lines = (terminal ? forTerminal(plain, before) : plain).replaceAll('\n', `\n${before}`);
  return { text: `${before}${lines}\n`, encoding: 'latin1' };
}

/** `text` as it is; on a terminal without what would change the terminal. */
export function bare(text: Buffer, { terminal = false } = {}): Encoded {
  return terminal ? { text: forTerminal(text.toString('latin1'), ''), encoding: 'latin1' } : text;
}
