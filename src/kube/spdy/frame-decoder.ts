import { flagFin, frameType, headerBytes } from './frames.js';

/** What the frames of the other side say. Header blocks are left out: those of a server tell nothing we need. */
export interface FrameHandlers {
  /** A part of a data frame, as it arrives. `fin` comes once, with the last part. */
  data(stream: number, data: Buffer, fin: boolean): void;
  /** The other side took the stream. */
  reply(stream: number, fin: boolean): void;
  reset(stream: number, status: number): void;
  /** The other side opens a stream. */
  opened(stream: number): void;
  ping(id: number): void;
  goAway(): void;
}

/** What was received is not SPDY/3.1. The connection cannot go on. */
export class FrameError extends Error {}

/** A control frame from a server has a header block of a few bytes; one of more than this is none. */
const maxControlBytes = 64 * 1024;

/** Least payload of each control frame; SETTINGS and what has a header block may have more. */
const leastBytes = new Map<number, number>([
  [frameType.synStream, 10],
  [frameType.synReply, 4],
  [frameType.rstStream, 8],
  [frameType.settings, 4],
  [frameType.ping, 4],
  [frameType.goAway, 8],
  [frameType.headers, 4],
  [frameType.windowUpdate, 8],
]);
const growing = new Set<number>([
  frameType.synStream,
  frameType.synReply,
  frameType.settings,
  frameType.headers,
]);

/**
 * Takes a byte stream apart into frames, however it is cut. Data are handed on as slices of what arrived, without being collected. Throws
 * {@link FrameError} at the first frame that is malformed; nothing may be pushed after that.
 */
export class FrameDecoder {
  private readonly handlers: FrameHandlers;
  /** The beginning of a frame header or of a control frame that has not arrived completely. */
  private partial: Buffer = Buffer.alloc(0);
  /** The data frame whose payload is arriving. */
  private data: { stream: number; left: number; fin: boolean } | undefined;

  constructor(handlers: FrameHandlers) {
    this.handlers = handlers;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    if (this.partial.length > 0) {
      rest = Buffer.concat([this.partial, chunk]);
      this.partial = Buffer.alloc(0);
    }
    while (rest.length > 0) {
      const taken = this.data === undefined ? this.takeFrame(rest) : this.takeData(rest, this.data);
      if (taken === 0) {
        this.partial = rest;
        return;
      }
      rest = rest.subarray(taken);
    }
  }

  private takeData(bytes: Buffer, frame: NonNullable<FrameDecoder['data']>): number {
    const part = bytes.subarray(0, frame.left);
    frame.left -= part.length;
    const last = frame.left === 0;
    if (last) this.data = undefined;
    this.handlers.data(frame.stream, part, last && frame.fin);
    return part.length;
  }

  /** Takes a frame, or of a data frame its header; 0 when it has not arrived completely. */
  private takeFrame(bytes: Buffer): number {
    if (bytes.length < headerBytes) return 0;
    const first = bytes.readUInt32BE(0);
    const flags = bytes[4]!;
    const length = bytes.readUIntBE(5, 3);
    if (first < 0x80000000) {
      if (first === 0) throw new FrameError('data for stream 0');
      const fin = (flags & flagFin) !== 0;
      if (length > 0) this.data = { stream: first, left: length, fin };
      else if (fin) this.handlers.data(first, Buffer.alloc(0), true);
      return headerBytes;
    }
    const version = (first >>> 16) & 0x7fff;
    const type = first & 0xffff;
    if (version !== 3) throw new FrameError(`a frame of SPDY version ${version}`);
    const least = leastBytes.get(type);
    if (least === undefined) throw new FrameError(`a frame of unknown type ${type}`);
    if (length < least || length > (growing.has(type) ? maxControlBytes : least)) {
      throw new FrameError(`a frame of type ${type} with ${length} bytes`);
    }
    if (bytes.length < headerBytes + length) return 0;
    this.control(type, flags, bytes.subarray(headerBytes, headerBytes + length));
    return headerBytes + length;
  }

  private control(type: number, flags: number, payload: Buffer): void {
    const id = payload.readUInt32BE(0);
    const stream = id & 0x7fffffff;
    switch (type) {
      case frameType.synStream:
        return this.handlers.opened(named(stream));
      case frameType.synReply:
        return this.handlers.reply(named(stream), (flags & flagFin) !== 0);
      case frameType.rstStream:
        return this.handlers.reset(named(stream), payload.readUInt32BE(4));
      case frameType.ping:
        return this.handlers.ping(id);
      case frameType.goAway:
        return this.handlers.goAway();
      case frameType.headers:
        // Trailing headers: nobody sends them, and the end they may bring must not be missed.
        if ((flags & flagFin) !== 0) this.handlers.data(named(stream), Buffer.alloc(0), true);
        return;
      default:
      // SETTINGS advise, and nobody keeps flow control windows.
    }
  }
}

function named(stream: number): number {
  if (stream === 0) throw new FrameError('a frame for stream 0');
  return stream;
}
