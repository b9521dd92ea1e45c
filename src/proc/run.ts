import { once } from 'node:events';
import { constants } from 'node:os';
import { finished } from 'node:stream/promises';
import { Failure } from '../base/failure.js';
import { splitLines } from './lines.js';
import { spawnChild, type Child, type ChildOptions } from './spawn.js';

export interface RunOptions extends ChildOptions {
  /** Aborting ends the child and everything it started: SIGTERM, after 5 s SIGKILL. */
  readonly signal?: AbortSignal | undefined;
  /** Given to the child as its whole stdin. Without it stdin is empty. */
  readonly stdin?: string | undefined;
  readonly onStdout?: ((line: string) => void) | undefined;
  readonly onStderr?: ((line: string) => void) | undefined;
  /** Keep all of stdout as {@link RunResult.stdout}; up to 64 MB. */
  readonly captureStdout?: boolean | undefined;
  /** How many of the last lines to keep (default 20). */
  readonly tail?: number | undefined;
}

export interface RunResult {
  /** As a shell gives it: 128 + n when signal n ended the child. */
  readonly exitCode: number;
  /** The last lines of stderr and, unless it is captured, stdout, in the order they came. */
  readonly tail: readonly string[];
  /** Empty unless captured. */
  readonly stdout: string;
}

const MAX_CAPTURE = 64 * 1024 * 1024;
/** How long output may come after the end: only what the child left running still holds the pipe. */
const LATE_OUTPUT_MS = 1000;

/**
 * Runs a program to its end, never through a shell, in a process group of its own. A non-zero exit is a value. Throws the signal's reason
 * after everything the child started is gone. Failures: TOOL_NOT_FOUND, TOOL_NOT_STARTED, OUTPUT_TOO_LARGE.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { signal, stdin, tail: keep = 20 } = options;
  signal?.throwIfAborted();
  const child = await spawnChild(command, args, options, stdin === undefined ? undefined : { text: stdin });
  const onAbort = (): void => void child.end();
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const tail: string[] = [];
    const remember = (line: string): void => {
      if (tail.push(line) > keep) tail.shift();
    };
    const captured = options.captureStdout ? capture(child) : undefined;
    const lines = [
      follow(child.stderr, (line) => {
        remember(line);
        options.onStderr?.(line);
      }),
      follow(child.stdout, (line) => {
        if (!captured) remember(line);
        options.onStdout?.(line);
      }),
    ];
    const exit = await child.exited;
    const late = AbortSignal.timeout(LATE_OUTPUT_MS);
    await Promise.race([Promise.all(lines), once(late, 'abort')]);
    child.stdout.destroy();
    child.stderr.destroy();
    if (signal?.aborted) await child.end();
    signal?.throwIfAborted();
    if (captured?.tooLarge()) throw tooLarge(command);
    const exitCode = exit.code ?? 128 + (exit.signal === null ? 0 : constants.signals[exit.signal]);
    return { exitCode, tail, stdout: captured?.text() ?? '' };
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

async function follow(stream: Child['stdout'], onLine: (line: string) => void): Promise<void> {
  const splitter = splitLines(onLine);
  stream.on('data', (chunk: Uint8Array) => splitter.write(chunk));
  // A stream that broke off has given what it had.
  await finished(stream, { writable: false }).catch(() => {});
  splitter.end();
}

function capture(child: Child): { text(): string; tooLarge(): boolean } {
  const chunks: Uint8Array[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size <= MAX_CAPTURE) chunks.push(chunk);
    else void child.end();
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), tooLarge: () => size > MAX_CAPTURE };
}

function tooLarge(command: string): Failure {
  return new Failure({
    code: 'OUTPUT_TOO_LARGE',
    message: `"${command}" wrote more than ${MAX_CAPTURE / 1024 / 1024} MB`,
    subject: command,
  });
}
