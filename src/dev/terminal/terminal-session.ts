import { pipeline } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import { abortable } from '../../base/abort.js';
import { Failure } from '../../base/failure.js';
import { settleable } from '../../base/settleable.js';
import type { ExecStream } from '../../kube/exec/exec.js';
import { rawTerminal } from './raw-terminal.js';
import { TerminalModes } from './terminal-modes.js';

/** Where a terminal is shown: this process's own streams. */
export interface TerminalStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

export interface SessionOptions extends TerminalStreams {
  /** Raw mode, sizes and modes; only where both stdin and stdout are terminals. */
  raw: boolean;
  /** False when nothing must be read from stdin. */
  input?: boolean | undefined;
  /** What the input passes on its way; its end is not passed on: to the runtime that is the end of the whole terminal. */
  through?: Duplex | undefined;
  /** Ends it, also while nobody takes what the command has printed. */
  signal: AbortSignal;
}

/** What shells say of a program that was hung up. */
const HUNG_UP = 129;

/** Whether a person sits at both ends. */
export function isTerminal({ stdin, stdout }: TerminalStreams): boolean {
  return stdin.isTTY && stdout.isTTY;
}

/**
 * Connects our streams with those of a command until it ends, and resolves to its exit code; rejects as {@link ExecStream.exit}. Opens and closes
 * none of them: stdin can be read on afterwards. What was printed is passed on before this settles. Rejects with the signal's reason, too, and with
 * INTERRUPTED when the terminal was closed and nobody has told this process.
 */
export async function connectStreams(stream: ExecStream, options: SessionOptions): Promise<number> {
  const { input = true, raw, signal, stdin, stdout, stderr, through } = options;
  const modes = new TerminalModes();
  const resize = (columns: number, rows: number): void => stream.resize(columns, rows);
  using _raw = raw ? rawTerminal({ stdin, stdout, modes, resize }) : undefined;
  // No pipeline: the command may end without reading all of its input, which must not close ours.
  const first = through ?? stream.stdin;
  if (input) stdin.pipe(first);
  through?.pipe(stream.stdin, { end: false });
  const watched = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      modes.see(chunk);
      yield chunk;
    }
  };
  const closed = settleable<never>();
  // Of a raw terminal that is no key: there is none any more.
  const hangUp = (): void => closed.reject(hungUp());
  if (raw) stdin.once('end', hangUp);
  try {
    const over = Promise.all([
      stream.exit,
      raw
        ? pipeline(stream.stdout, watched, stdout, { end: false })
        : pipeline(stream.stdout, stdout, { end: false }),
      pipeline(stream.stderr, stderr, { end: false }),
    ]);
    const [code] = await abortable(Promise.race([over, closed.promise]), signal);
    return code;
  } finally {
    stdin.off('end', hangUp);
    if (input) stdin.unpipe(first);
    through?.unpipe(stream.stdin);
    stdin.pause();
  }
}

const hungUp = (): Failure =>
  new Failure({ code: 'INTERRUPTED', message: 'the terminal was closed', exitCode: HUNG_UP });
