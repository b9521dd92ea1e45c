import { protocolFailure } from './values.js';

/** What a frame's length may say: type and body together. */
export const maxFrameLength = 1_048_640;
/** Content in one DATA frame. */
export const maxDataLength = 262_144;

export interface Frame {
  type: number;
  /** A view that is valid until the next `push`; copy what is kept. */
  body: Buffer;
}

/**
 * Cuts a byte stream into frames (docs/sync-protocol.md, "Frames"). Holds at most one incomplete frame, so memory is bounded whatever is
 * pushed. After it has thrown it must not be used again.
 */
export class FrameDecoder {
  #parts: Buffer[] = [];
  #have = 0;
  /** Bytes until the frame at the head is complete. */
  #need = 4;

  /** The frames completed by this chunk, in order. Throws SYNC_PROTOCOL as soon as a length is out of bounds. */
  *push(chunk: Buffer): Generator<Frame> {
    this.#parts.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return;
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#have);
    this.#parts = [];
    let at = 0;
    this.#need = 4;
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32BE(at);
      if (length < 1 || length > maxFrameLength) throw protocolFailure(`a frame of ${length} bytes`);
      if (bytes.length - at < 4 + length) {
        this.#need = 4 + length;
        break;
      }
      yield { type: bytes[at + 4] as number, body: bytes.subarray(at + 5, at + 4 + length) };
      at += 4 + length;
    }
    this.#have = bytes.length - at;
    // Copied when small, so that a few bytes do not keep a large chunk alive.
    if (this.#have > 0)
      this.#parts = [this.#have < 1024 ? Buffer.from(bytes.subarray(at)) : bytes.subarray(at)];
  }
}
