import type { Duplex } from 'node:stream';
import { Failure } from '../../base/failure.js';
import { FrameDecoder, FrameError } from './frame-decoder.js';
import { dataHeader, HeaderWriter, ping, resetStatus, rstStream, synStream } from './frames.js';
import { SpdyStream } from './stream.js';

export interface SpdyConnectionOptions {
  /** The API server, for messages. */
  server: string;
  /** How often a connection with open streams is probed (default 3 s), and one without (default 30 s). */
  pingIntervalMs?: number | undefined;
  idlePingIntervalMs?: number | undefined;
  /** See {@link SpdyStream}; default 256 KiB. */
  bufferBytes?: number | undefined;
}

const defaultBufferBytes = 256 * 1024;
const busyPingMs = 3000;
const idlePingMs = 30_000;
/** As many pings without any answer mean a dead connection. */
const patience = 3;
/**
 * As many frames of data may wait in a server for one reader before the server stops to read at all, pings included. Source: the queues of
 * https://github.com/moby/spdystream (50 frames each).
 */
const queuedFrames = 50;
/** Source: as above. */
const serverWorkers = 5;
/** Client ids are odd and end here; a fresh connection comes long before. */
const lastStream = 0x7ffffffd;

/**
 * The client's side of one SPDY/3.1 connection, over any byte stream. There are no flow control windows: a stream whose reader is behind by more
 * than its buffer holds the whole connection back. So give streams that must not wait for each other connections of their own.
 *
 * open -> (going: the server opens nothing more) -> closed. Whoever made it closes it; what the other side does wrong closes it with STREAM_INVALID.
 */
export class SpdyConnection {
  /** Resolves when it is over: with why, unless {@link close} was called. */
  readonly closed: Promise<Failure | undefined>;
  /** performance.now() when anything was last received. */
  lastReceived = performance.now();
  private readonly transport: Duplex;
  private readonly options: SpdyConnectionOptions;
  private readonly decoder: FrameDecoder;
  private readonly headers = new HeaderWriter();
  private readonly streams = new Map<number, SpdyStream>();
  private readonly stalled = new Set<number>();
  private readonly pongs = new Map<number, () => void>();
  private waiting: ((error?: Error) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private nextStream = 1;
  private nextPing = 1;
  private unanswered = 0;
  private framesSent = 0;
  private corked = false;
  private going = false;
  private over = false;
  private finish: (failure: Failure | undefined) => void = () => {};

  /** `head` is what arrived behind the answer to the upgrade. */
  constructor(transport: Duplex, head: Buffer, options: SpdyConnectionOptions) {
    this.transport = transport;
    this.options = options;
    this.closed = new Promise((resolve) => (this.finish = resolve));
    this.decoder = new FrameDecoder({
      data: (id, data, fin) => this.known(id)?.receive(data, fin),
      reply: (id, fin) => {
        const stream = this.known(id);
        stream?.receiveReply();
        if (fin) stream?.receive(Buffer.alloc(0), true);
      },
      reset: (id) => this.known(id)?.break(this.wasReset()),
      opened: (id) => this.send(rstStream(id, resetStatus.refused)),
      ping: (id) => this.onPing(id),
      goAway: () => (this.going = true),
    });
    transport.on('data', (chunk: Buffer) => this.receive(chunk));
    transport.on('drain', () => this.drained());
    transport.on('error', (error) => this.end(this.lost(error)));
    transport.once('end', () => this.end(this.lost()));
    transport.once('close', () => this.end(this.lost()));
    this.schedulePing();
    if (head.length > 0) this.receive(head);
  }

  /** False when no stream can be opened any more. */
  get usable(): boolean {
    return !this.over && !this.going && this.nextStream < lastStream;
  }

  /** Streams that are not over on both sides. */
  get size(): number {
    return this.streams.size;
  }

  /** True while a reader that is behind holds the connection back. */
  get isStalled(): boolean {
    return this.stalled.size > 0;
  }

  /**
   * Opens a stream; writing needs no answer to be waited for. `readOnly` ends our side at once. Throws STREAM_LOST on a connection that is not
   * {@link usable}.
   */
  open(headers: Readonly<Record<string, string>>, { readOnly = false } = {}): SpdyStream {
    if (!this.usable) throw this.lost();
    const id = this.nextStream;
    this.nextStream += 2;
    const { bufferBytes = defaultBufferBytes } = this.options;
    const stream = new SpdyStream(id, this, { bufferBytes, readOnly });
    this.streams.set(id, stream);
    this.send(synStream(id, this.headers.write(headers), readOnly));
    if (this.streams.size === 1) this.schedulePing();
    return stream;
  }

  /**
   * Resolves to true when the server has dealt with all that was sent before, to false when the connection is over. A server in which data are stuck
   * that nobody will read never answers, and streams opened after them may hang: wait for this before a connection is used for something else.
   */
  async quiet(): Promise<boolean> {
    if (this.over) return false;
    const answers: Promise<void>[] = [];
    // Frames are dealt with by five workers, which take turns with the pings.
    for (let worker = 0; worker < serverWorkers; worker += 1) {
      answers.push(new Promise((resolve) => this.pongs.set(this.sendPing(), resolve)));
    }
    return Promise.race([Promise.all(answers).then(() => !this.over), this.closed.then(() => false)]);
  }

  /** Breaks what is open and closes at once. */
  close(): void {
    if (this.over) return;
    this.end(undefined);
  }

  sendData(stream: number, data: Buffer, fin: boolean, done: (error?: Error) => void): void {
    if (this.over) return done(this.lost());
    this.cork();
    this.framesSent += 1;
    let more = this.transport.write(dataHeader(stream, data.length, fin));
    if (data.length > 0) more = this.transport.write(data);
    if (more) done();
    else this.waiting.push(done);
  }

  sendReset(stream: number): void {
    this.send(rstStream(stream, resetStatus.cancel));
  }

  stall(stream: number, on: boolean): void {
    if (on) this.stalled.add(stream);
    else this.stalled.delete(stream);
    if (on && this.stalled.size === 1) this.transport.pause();
    else if (!on && this.stalled.size === 0) {
      this.unanswered = 0;
      this.transport.resume();
    }
  }

  forget(stream: number): void {
    this.streams.delete(stream);
  }

  private receive(chunk: Buffer): void {
    this.lastReceived = performance.now();
    this.unanswered = 0;
    this.framesSent = 0;
    try {
      this.decoder.push(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.end(this.invalid(error));
    }
  }

  /** The open stream, or undefined when it is over here already. */
  private known(id: number): SpdyStream | undefined {
    if (id % 2 === 0 || id >= this.nextStream)
      throw new FrameError(`a frame for stream ${id}, which is not open`);
    return this.streams.get(id);
  }

  private onPing(id: number): void {
    if (id % 2 === 0) return this.send(ping(id));
    this.pongs.get(id)?.();
    this.pongs.delete(id);
  }

  private send(frame: Buffer): void {
    if (this.over) return;
    this.cork();
    this.transport.write(frame);
  }

  /** What is sent in one turn leaves in one packet. */
  private cork(): void {
    if (this.corked) return;
    this.corked = true;
    this.transport.cork();
    process.nextTick(() => {
      this.corked = false;
      this.transport.uncork();
    });
  }

  private drained(): void {
    for (const done of this.waiting.splice(0)) done();
  }

  private sendPing(): number {
    const id = this.nextPing;
    this.nextPing = id >= lastStream ? 1 : id + 2;
    this.send(ping(id));
    return id;
  }

  private schedulePing(): void {
    clearTimeout(this.timer);
    if (this.over) return;
    const { pingIntervalMs = busyPingMs, idlePingIntervalMs = idlePingMs } = this.options;
    this.timer = setTimeout(() => this.probe(), this.size > 0 ? pingIntervalMs : idlePingIntervalMs).unref();
  }

  /**
   * The kernel notices a dead connection only when nothing is under way, so we look ourselves. Not while we do not read, and not when the server may
   * have stopped to read because the app has not taken yet what we sent.
   */
  private probe(): void {
    if (this.unanswered >= patience && !this.isStalled && this.framesSent < queuedFrames) {
      return this.end(this.lost(new Error('no answer to pings')));
    }
    this.unanswered += 1;
    this.sendPing();
    this.schedulePing();
  }

  private end(failure: Failure | undefined): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    const reason = failure ?? this.lost();
    for (const stream of this.streams.values()) stream.break(reason);
    this.streams.clear();
    for (const done of this.waiting.splice(0)) done(reason);
    this.transport.destroy();
    this.finish(failure);
  }

  private lost(cause?: Error): Failure {
    const { server } = this.options;
    return new Failure({
      code: 'STREAM_LOST',
      message: `The connection to the API server ${server} broke${cause ? `: ${cause.message}` : ''}`,
      subject: server,
      hint: 'kubectl cluster-info',
      cause,
    });
  }

  private wasReset(): Failure {
    const { server } = this.options;
    return new Failure({
      code: 'STREAM_RESET',
      message: `The stream was reset by the other side`,
      subject: server,
    });
  }

  private invalid(cause: FrameError): Failure {
    const { server } = this.options;
    return new Failure({
      code: 'STREAM_INVALID',
      message: `The API server ${server}, or a proxy in between, sent what is not SPDY/3.1: ${cause.message}`,
      subject: server,
      hint: 'kubectl cluster-info',
      cause,
    });
  }
}
