import { randomBytes } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { Failure, isFailure, messageOf } from '../../base/failure.js';
import type { ProcessStream } from '../../base/process-stream.js';
import type { HelperBinary } from './helper-binary.js';
import { scriptExit, type ScriptOptions, startScript } from './script.js';
import { type Frame, FrameDecoder } from '../wire/frame.js';
import { decodeHelper, type HelperMessage, protocolVersion } from '../wire/messages.js';
import { protocolFailure } from '../wire/values.js';

/** Starts a command where the helper is to run: an exec in a container, or a child process. */
export type OpenProcess = (command: string[], signal: AbortSignal) => Promise<ProcessStream>;

/** A way to start commands beside a container in which none can be started. */
export interface Beside {
  open: OpenProcess;
  /** The process there whose file system is the container's. */
  target: number;
}

export interface InjectOptions extends Pick<ScriptOptions, 'tunnel'> {
  /** The directory to be synced, absolute or relative to the working directory: the helper is put elsewhere if it can be. */
  root?: string | undefined;
  /** Asked when the container has no shell, or not the few tools needed, with the failure that says so. */
  beside?: ((noShell: Failure, signal: AbortSignal) => Promise<Beside>) | undefined;
}

/** A helper that has said hello. Whoever got it disposes `process`. */
export interface HelperStream {
  readonly process: ProcessStream;
  readonly hello: Extract<HelperMessage, { frame: 'HELLO' }>;
  /** The frames of each chunk read, in order; reading holds the helper back. Throws SYNC_PROTOCOL; ends when the stream does. */
  readonly frames: AsyncIterable<Iterable<Frame>>;
  /** The last of what was written to stderr. */
  errors(): string;
}

const startTimeoutMs = 60_000;
const cleanUpMs = 1_000;
const longestLine = 4096;
const keptErrors = 4096;
/** What shells and runtimes add to the number of the signal that ended a process. */
const killedBySignal = 128;

/**
 * Brings the helper into the container and starts it: a shell script receives it over the same stream that then carries the frames. What it needs
 * there is told in script.ts; no tar. Where that is missing `beside` is tried. Throws SYNC_NO_SHELL, SYNC_NO_WRITABLE_DIR, SYNC_UNSUPPORTED_ARCH,
 * SYNC_INJECT_FAILED, SYNC_STREAM_LOST (killed while it started), or what `open` and `beside` throw. The signal ends the start and, through `open`, the process.
 */
export async function injectHelper(
  open: OpenProcess,
  helperFor: (machine: string) => Promise<HelperBinary>,
  signal: AbortSignal,
  { root, beside, tunnel }: InjectOptions = {},
): Promise<HelperStream> {
  try {
    return await inject(open, helperFor, signal, { root, tunnel });
  } catch (error) {
    if (beside === undefined || !isFailure(error, 'SYNC_NO_SHELL')) throw error;
    const way = await beside(error, signal);
    return inject(way.open, helperFor, signal, { target: way.target, tunnel });
  }
}

async function inject(
  open: OpenProcess,
  helperFor: (machine: string) => Promise<HelperBinary>,
  signal: AbortSignal,
  where: Omit<ScriptOptions, 'token'>,
): Promise<HelperStream> {
  // Looked up on the PATH: some images have their only shell elsewhere than in /bin.
  const command = ['sh', '-c', startScript({ token: randomBytes(6).toString('hex'), ...where })];
  const process = await open(command, signal).catch((error: unknown) => {
    throw isNoShell(messageOf(error)) ? noShell(error) : error;
  });
  process.exit.catch(() => {});
  process.stdin.on('error', () => {});
  const errors = collectErrors(process);
  let tooSlow = false;
  const timeout = setTimeout(() => {
    tooSlow = true;
    void process[Symbol.asyncDispose]();
  }, startTimeoutMs);
  try {
    return await start(process, helperFor, errors);
  } catch (error) {
    const ending = tooSlow ? new Error(`nothing was heard for ${startTimeoutMs / 1000} s`) : error;
    const failure = await explain(ending, process, errors);
    // The end of its input lets the script clean up after itself.
    process.stdin.end();
    await Promise.race([process.exit.catch(() => {}), delay(cleanUpMs, undefined, { ref: false })]);
    await process[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw failure;
  } finally {
    clearTimeout(timeout);
  }
}

/** The stream ended before the helper spoke; why is to be found out. */
class EndedEarly extends Error {}

async function start(
  process: ProcessStream,
  helperFor: (machine: string) => Promise<HelperBinary>,
  errors: () => string,
): Promise<HelperStream> {
  const chunks = process.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const { line, rest } = await readLine(chunks);
  const [, machine, , form] = line.split(' ');
  const helper = await helperFor(machine ?? '');
  const bytes = form === 'gzip' ? helper.gzip : helper.raw();
  process.stdin.write(`${bytes.length} ${helper.name} ${helper.size} ${helper.sha256}\n`);
  process.stdin.write(bytes);

  const decoder = new FrameDecoder();
  let first: Frame | undefined;
  let chunk: Buffer | undefined = rest;
  while (first === undefined) {
    if (chunk.length === 0) chunk = await nextChunk(chunks);
    // The helper says nothing else before it is asked to.
    for (const frame of decoder.push(chunk)) first ??= frame;
    chunk = Buffer.alloc(0);
  }
  const hello = decodeHelper(first.type, first.body);
  if (hello.frame !== 'HELLO') throw protocolFailure(`${hello.frame} instead of HELLO`);
  if (hello.version !== protocolVersion) throw protocolFailure(`protocol version ${hello.version}`);
  return { process, hello, errors, frames: framesOf(chunks, decoder) };
}

async function* framesOf(
  chunks: AsyncIterator<Buffer>,
  decoder: FrameDecoder,
): AsyncGenerator<Iterable<Frame>> {
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield decoder.push(next.value);
}

async function nextChunk(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const next = await chunks.next();
  if (next.done) throw new EndedEarly();
  return next.value;
}

/** Reads up to the script's line; what a chatty entrypoint prints before is skipped. */
async function readLine(chunks: AsyncIterator<Buffer>): Promise<{ line: string; rest: Buffer }> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const text = bytes.toString('latin1');
    const start = text.search(/^DEVSPACE1 \S+ .* (gzip|raw)\n/m);
    if (start >= 0) {
      const end = text.indexOf('\n', start);
      return { line: text.slice(start, end), rest: bytes.subarray(end + 1) };
    }
    if (bytes.length > longestLine) throw new EndedEarly();
    bytes = Buffer.concat([bytes, await nextChunk(chunks)]);
  }
}

function collectErrors(process: ProcessStream): () => string {
  let text = '';
  process.stderr.on('error', () => {});
  process.stderr.on('data', (chunk: Buffer | string) => {
    text = (text + chunk.toString()).slice(-keptErrors);
  });
  return () => text.trim();
}

async function explain(error: unknown, process: ProcessStream, errors: () => string): Promise<unknown> {
  if (error instanceof Failure) return error;
  let code: number | undefined;
  let ending: unknown = error;
  if (error instanceof EndedEarly) {
    try {
      code = await process.exit;
    } catch (failed) {
      ending = failed;
    }
    // What was said last may still be on its way.
    const said = finished(process.stderr).catch(() => {});
    await Promise.race([said, delay(cleanUpMs, undefined, { ref: false })]);
  }
  const said = [errors(), isFailure(ending) ? ending.message : ''].filter(Boolean).join('\n');
  if (code === scriptExit.noWritableDirectory) {
    return new Failure({
      code: 'SYNC_NO_WRITABLE_DIR',
      message: 'The container has no directory in which the sync helper could be written and run.',
      hint: 'Mount a volume for temporary files: an emptyDir at /tmp.',
      details: said.split('\n'),
    });
  }
  if (code === scriptExit.toolsMissing) return noShell(ending, said);
  if (isNoShell(said) || (said === '' && (code === 126 || code === 127))) return noShell(ending);
  if (isFailure(ending)) return ending;
  // It did not end by itself.
  if (code === undefined) return broken(said, ending);
  if (code > killedBySignal) return killed(code, said);
  return new Failure({
    code: 'SYNC_INJECT_FAILED',
    message: `The sync helper could not be started in the container (exit code ${code}).`,
    hint: 'Try it by hand: devspace enter, then sh -c "head -c 1 /dev/zero >/tmp/x"',
    details: said === '' ? [] : said.split('\n'),
    cause: error,
  });
}

/** The stream went away under it: the next one may hold. */
const broken = (said: string, cause: unknown): Failure =>
  new Failure({
    code: 'SYNC_STREAM_LOST',
    message: `The connection broke while the sync helper was started: ${messageOf(cause)}.`,
    details: said === '' ? [] : said.split('\n'),
    cause,
  });

/** Somebody killed it, or the system did for want of memory: the next one may live. */
const killed = (code: number, said: string): Failure =>
  new Failure({
    code: 'SYNC_STREAM_LOST',
    message: `The sync helper was killed while it started (signal ${code - killedBySignal}).`,
    details: said === '' ? [] : said.split('\n'),
  });

/** As the runtimes say it: runc, crun, gVisor, Windows, and Node for a local process. */
const isNoShell = (text: string): boolean =>
  /(exec|stat|start|executable file)[^\n]*\bsh\b[^\n]*(no such file|not found)/i.test(text) ||
  /\bsh ENOENT/.test(text) ||
  /\bsh\b[^\n]*cannot find the file/.test(text);

function noShell(cause: unknown, said = 'it has no shell (sh)'): Failure {
  return new Failure({
    code: 'SYNC_NO_SHELL',
    message: `The sync helper cannot be started in the container: ${said.split('\n')[0]}.`,
    hint: 'Use an image with a shell for development, for example the debug variant of the base image.',
    cause,
  });
}
