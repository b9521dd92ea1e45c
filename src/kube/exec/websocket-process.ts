import { Readable, Writable } from 'node:stream';
import type { Failure } from '../../base/failure.js';
import { openChannel, type Channel, type ChannelHandlers } from '../websocket/channel.js';
import { endedWithoutCode, execFailed } from './exec-failure.js';
import { execOutcome } from './exec-status.js';
import type { Kube } from '../kube.js';
import type { ExecStream, RemoteProcessOptions } from './exec-stream.js';

// Channel numbers and the close signal of v5:
// https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/client-go/tools/remotecommand/websocket.go
const stdinChannel = 0;
const stdoutChannel = 1;
const stderrChannel = 2;
const statusChannel = 3;
const resizeChannel = 4;
const closeChannel = 255;

/** The sub-protocol that can pass on the end of input, and the older one. */
export const halfClosing = 'v5.channel.k8s.io';
export const older = 'v4.channel.k8s.io';

/** Output buffered here before the server is held back, and the largest message sent. */
const bufferBytes = 256 * 1024;
const messageBytes = 64 * 1024;

/** Opens an exec or attach sub-resource over a WebSocket, with one of these sub-protocols. Contract: see openRemoteProcess; failures as openChannel. */
export async function openWebSocketProcess(
  kube: Kube,
  options: RemoteProcessOptions,
  protocols: readonly string[],
): Promise<ExecStream> {
  let opened: WebSocketProcess | undefined;
  await openChannel(kube, {
    path: options.path,
    protocols,
    accept: (channel) => (opened = new WebSocketProcess(channel, options)),
    signal: options.signal,
    pings: options.pings,
  });
  // openChannel has called accept when it resolves.
  return opened!;
}

/** open -> (status received | connection closed) -> ended. Output may still be read after the end. */
class WebSocketProcess implements ExecStream, ChannelHandlers {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<number>;
  readonly canCloseStdin: boolean;
  private readonly channel: Channel;
  private readonly options: RemoteProcessOptions;
  /** Outputs whose reader is behind; while there is one, nothing is read from the network. */
  private readonly full = new Set<Readable>();
  private statusText = '';
  private settle: { resolve(code: number): void; reject(reason: unknown): void } | undefined;
  private readonly disconnected: Promise<void>;
  private markDisconnected: () => void = () => {};

  constructor(channel: Channel, options: RemoteProcessOptions) {
    this.channel = channel;
    this.options = options;
    this.canCloseStdin = channel.protocol === halfClosing;
    this.exit = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.disconnected = new Promise((resolve) => (this.markDisconnected = resolve));
    // A caller that is only interested in the output need not look at `exit`.
    this.exit.catch(() => {});
    this.stdin = this.createStdin();
    this.stdout = this.createOutput(options.stdout);
    this.stderr = this.createOutput(options.stderr);
    if (options.size) this.resize(options.size.columns, options.size.rows);
  }

  resize(columns: number, rows: number): void {
    if (!this.options.tty || this.settle === undefined) return;
    this.channel.send(resizeChannel, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  }

  message(id: number, data: Buffer): void {
    if (id === stdoutChannel) this.receive(this.stdout, data);
    else if (id === stderrChannel) this.receive(this.stderr, data);
    else if (id === statusChannel) {
      this.statusText += data.toString('utf8');
      const outcome = execOutcome(this.statusText);
      if (outcome === undefined) return;
      // The server sends the status behind all output.
      if ('code' in outcome) this.end((exit) => exit.resolve(outcome.code));
      else this.end((exit) => exit.reject(execFailed(this.options.what, outcome.error)));
      this.channel.close();
    }
  }

  closed(error: Failure | undefined): void {
    const { signal, what } = this.options;
    this.end((exit) => {
      if (signal?.aborted) return exit.reject(signal.reason);
      exit.reject(endedWithoutCode(what, error));
    });
    this.markDisconnected();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stdout.destroy();
    this.stderr.destroy();
    this.channel.close();
    await this.disconnected;
  }

  private end(conclude: (exit: NonNullable<WebSocketProcess['settle']>) => void): void {
    if (this.settle === undefined) return;
    conclude(this.settle);
    this.settle = undefined;
    if (!this.stdout.destroyed) this.stdout.push(null);
    if (!this.stderr.destroyed) this.stderr.push(null);
    this.stdin.destroy();
  }

  private receive(output: Readable, data: Buffer): void {
    // The server sends an empty message to say that it is ready.
    if (data.length === 0 || output.destroyed || this.settle === undefined) return;
    if (output.push(data)) return;
    this.full.add(output);
    this.channel.pause();
  }

  private goOn(output: Readable): void {
    if (this.full.delete(output) && this.full.size === 0) this.channel.resume();
  }

  private createOutput(wanted: boolean): Readable {
    const output: Readable = new Readable({
      highWaterMark: bufferBytes,
      read: () => this.goOn(output),
      destroy: (error, done) => {
        this.goOn(output);
        done(error);
      },
    });
    if (!wanted) output.push(null);
    return output;
  }

  private createStdin(): Writable {
    const send = (data: Buffer, done: (error?: Error | null) => void): void => {
      const rest = data.subarray(messageBytes);
      this.channel.send(stdinChannel, data.subarray(0, messageBytes), (error) => {
        if (error || rest.length === 0) done(error);
        else send(rest, done);
      });
    };
    const stdin = new Writable({
      highWaterMark: bufferBytes,
      write: (chunk: Buffer, _encoding, done) => send(chunk, done),
      final: (done) => {
        if (this.canCloseStdin) this.channel.send(closeChannel, Buffer.from([stdinChannel]), done);
        else done();
      },
    });
    // What goes wrong here is told by `exit`.
    stdin.on('error', () => {});
    return stdin;
  }
}
