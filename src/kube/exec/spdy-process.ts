import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { Failure } from '../../base/failure.js';
import { endedWithoutCode, execFailed } from './exec-failure.js';
import { execOutcome } from './exec-status.js';
import type { Kube } from '../kube.js';
import type { ExecStream, RemoteProcessOptions } from './exec-stream.js';
import type { SpdyConnection } from '../spdy/connection.js';
import type { SpdyStream } from '../spdy/stream.js';

// There is no v5 over SPDY, and no need: the end of input is the end of its stream.
const protocol = 'v4.channel.k8s.io';

/** Output buffered here before the server is held back. */
const bufferBytes = 256 * 1024;

/** Opens an exec or attach sub-resource over SPDY. Contract: see openRemoteProcess; failures as openSpdy. */
export async function openSpdyProcess(kube: Kube, options: RemoteProcessOptions): Promise<ExecStream> {
  const { path, pings, signal } = options;
  const { connection } = await kube.spdy.open({
    path,
    protocols: [protocol],
    signal,
    pingIntervalMs: pings?.intervalMs,
  });
  return new SpdyProcess(connection, options);
}

/** open -> (status received | connection closed) -> ended. One stream for each of the process's own, one for its status, one for the size. */
class SpdyProcess implements ExecStream {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<number>;
  readonly canCloseStdin = true;
  private readonly connection: SpdyConnection;
  private readonly sizes: SpdyStream | undefined;
  private readonly outputs: SpdyStream[] = [];

  constructor(connection: SpdyConnection, options: RemoteProcessOptions) {
    this.connection = connection;
    const open = (streamType: string, readOnly = true): SpdyStream =>
      connection.open({ streamType }, { readOnly });
    // The server starts the command when it has all of them.
    const status = open('error');
    this.stdin = options.stdin
      ? open('stdin', false)
      : new Writable({ write: (_data, _encoding, done) => done() });
    this.stdout = this.output(options.stdout && open('stdout'));
    this.stderr = this.output(options.stderr && open('stderr'));
    this.sizes = options.tty ? open('resize', false) : undefined;
    // What goes wrong with these is told by `exit`.
    for (const stream of [this.stdin, this.sizes]) stream?.on('error', () => {});
    this.exit = this.conclude(status, options);
    this.exit.catch(() => {});
    if (options.size) this.resize(options.size.columns, options.size.rows);
  }

  resize(columns: number, rows: number): void {
    if (this.sizes?.writable) this.sizes.write(JSON.stringify({ Width: columns, Height: rows }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    this.stdout.destroy();
    this.stderr.destroy();
    await this.connection.closed;
  }

  private async conclude(status: SpdyStream, { what, signal }: RemoteProcessOptions): Promise<number> {
    let text = '';
    let broken: Failure | undefined;
    // Read as it comes: the server may reset it right behind its last word, and with that go what lies in a buffer.
    status.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    status.on('error', (error: Failure) => (broken = error));
    await once(status, 'close').catch(() => {});
    const outcome = execOutcome(text);
    this.stdin.destroy();
    if (outcome === undefined) {
      this.connection.close();
      signal?.throwIfAborted();
      throw endedWithoutCode(what, broken);
    }
    void this.closeWhenRead();
    if ('code' in outcome) return outcome.code;
    throw execFailed(what, outcome.error);
  }

  private async closeWhenRead(): Promise<void> {
    // One that breaks is over as well, and `once` throws then.
    await Promise.allSettled(this.outputs.map(async (stream) => stream.closed || once(stream, 'close')));
    this.connection.close();
  }

  /**
   * What the command writes; it ends in every case. What nobody wants any more is thrown away, for the command may go on. The buffer is ours, for that
   * of a stream is gone when the server resets it.
   */
  private output(stream: SpdyStream | false): Readable {
    const stall = (on: boolean): void => {
      if (stream) this.connection.stall(stream.id, on);
    };
    const output = new Readable({
      highWaterMark: bufferBytes,
      read: () => stall(false),
      destroy: (error, done) => {
        stall(false);
        done(error);
      },
    });
    if (!stream) {
      output.push(null);
      return output;
    }
    this.outputs.push(stream);
    stream.on('data', (chunk: Buffer) => {
      if (!output.destroyed && !output.push(chunk)) stall(true);
    });
    // Why it ended too early is told by `exit`.
    stream.on('error', () => {});
    stream.once('close', () => {
      stall(false);
      output.push(null);
    });
    return output;
  }
}
