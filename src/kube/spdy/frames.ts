/*
 * The frames of SPDY/3.1 that Kubernetes uses. Source: https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/ and, for what servers
 * really do with them, https://github.com/moby/spdystream.
 */

/** Types of control frames. */
export const frameType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** Why a stream is reset. */
export const resetStatus = { refused: 3, cancel: 5 } as const;

export const flagFin = 1;
export const headerBytes = 8;

/** The header of a data frame; the payload follows. */
export function dataHeader(stream: number, length: number, fin: boolean): Buffer {
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt32BE(stream, 0);
  header.writeUInt32BE(((fin ? flagFin : 0) << 24) | length, 4);
  return header;
}

export function ping(id: number): Buffer {
  return control(frameType.ping, 0, words(id));
}

export function rstStream(stream: number, status: number): Buffer {
  return control(frameType.rstStream, 0, words(stream, status));
}

/** `headers` comes from {@link HeaderWriter}, in the order in which the frames are sent. */
export function synStream(stream: number, headers: Buffer, fin: boolean): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt32BE(stream, 0);
  return control(frameType.synStream, fin ? flagFin : 0, Buffer.concat([fixed, headers]));
}

/**
 * Writes header blocks. All blocks of a connection are one zlib stream, in which compression is optional: stored blocks are as good, and a
 * stream whose header names no dictionary needs none (RFC 1950, 1951). An empty stored block behind each makes the reader hand out what it has.
 */
export class HeaderWriter {
  private started = false;

  write(headers: Readonly<Record<string, string>>): Buffer {
    const entries = Object.entries(headers);
    const parts = [words(entries.length)];
    for (const [name, value] of entries) {
      for (const text of [name.toLowerCase(), value]) {
        const bytes = Buffer.from(text);
        parts.push(words(bytes.length), bytes);
      }
    }
    const block = Buffer.concat(parts);
    const zlibHeader = this.started ? [] : [Buffer.from([0x78, 0x01])];
    this.started = true;
    return Buffer.concat([...zlibHeader, storedHeader(block.length), block, storedHeader(0)]);
  }
}

function storedHeader(length: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt16LE(length, 1);
  header.writeUInt16LE(~length & 0xffff, 3);
  return header;
}

function control(type: number, flags: number, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  frame.writeUInt16BE(0x8003, 0);
  frame.writeUInt16BE(type, 2);
  frame.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4);
  payload.copy(frame, headerBytes);
  return frame;
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
