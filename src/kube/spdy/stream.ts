import { Duplex } from 'node:stream';

/** What a stream needs of its connection. */
export interface StreamCarrier {
  /** `done` is called when more may be sent. */
  sendData(stream: number, data: Buffer, fin: boolean, done: (error?: Error) => void): void;
  sendReset(stream: number): void;
  /** The reader of the stream is behind, or no longer. */
  stall(stream: number, on: boolean): void;
  /** The stream is over on both sides. */
  forget(stream: number): void;
}

export interface SpdyStreamOptions {
  /** Bytes kept for a reader that is behind, before the whole connection is held back. */
  bufferBytes: number;
  /** Nothing will be written: our side was ended as it was opened. */
  readOnly: boolean;
}

/**
 * One stream of a connection, half-open: `end` passes an end of input on, and the other side's end is the end of what is read. Destroying it before
 * both have ended resets it on the other side. When the other side resets it, or the connection breaks, it is destroyed with a Failure.
 */
export class SpdyStream extends Duplex {
  readonly id: number;
  /** Resolves to true when the other side has taken the stream, to false when the stream ended before. */
  readonly accepted: Promise<boolean>;
  private readonly carrier: StreamCarrier;
  private settleAccepted: (accepted: boolean) => void = () => {};
  private stalled = false;
  private sentFin: boolean;
  private gotFin = false;
  private gone = false;

  constructor(id: number, carrier: StreamCarrier, options: SpdyStreamOptions) {
    super({
      allowHalfOpen: true,
      readableHighWaterMark: options.bufferBytes,
      writableHighWaterMark: options.bufferBytes,
    });
    this.id = id;
    this.carrier = carrier;
    this.sentFin = options.readOnly;
    this.accepted = new Promise((resolve) => (this.settleAccepted = resolve));
    if (options.readOnly) this.end();
  }

  /** Both sides have said their last word, whether or not it has been read here. */
  get isOver(): boolean {
    return this.gone || (this.sentFin && this.gotFin);
  }

  /** For the connection: data have arrived. */
  receive(data: Buffer, fin: boolean): void {
    if (this.destroyed || this.gotFin) return;
    if (data.length > 0 && !this.push(data)) this.setStalled(true);
    if (!fin) return;
    this.gotFin = true;
    this.push(null);
    this.forgetWhenOver();
  }

  /** For the connection: the other side has taken the stream. */
  receiveReply(): void {
    this.settleAccepted(true);
  }

  /** For the connection: the stream is over without an end. */
  break(error: Error): void {
    this.gone = true;
    this.destroy(error);
  }

  override _read(): void {
    this.setStalled(false);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.carrier.sendData(this.id, chunk, false, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    // Sent along with the opening.
    if (this.sentFin) return done();
    this.sentFin = true;
    this.carrier.sendData(this.id, Buffer.alloc(0), true, done);
    this.forgetWhenOver();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.setStalled(false);
    this.settleAccepted(false);
    if (!this.isOver) this.carrier.sendReset(this.id);
    this.gone = true;
    this.carrier.forget(this.id);
    done(error);
  }

  private setStalled(on: boolean): void {
    if (this.stalled === on) return;
    this.stalled = on;
    this.carrier.stall(this.id, on);
  }

  private forgetWhenOver(): void {
    if (this.sentFin && this.gotFin) this.carrier.forget(this.id);
  }
}
