import { crc32 } from 'node:zlib';

/** CRC-32 as a linear function: without the inversions before and after, which only add a constant for a given length. */
const step = makeStep();

function makeStep(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[byte] = value;
  }
  return table;
}

/**
 * Tables to move a window of fixed length through data by one byte: `next = (crc >>> 8) ^ step[(crc ^ in) & 255] ^ drop[out]`. The window's
 * value is that of zlib's crc32, with `bias` added (exclusive or).
 */
export interface RollingCrc {
  readonly step: Int32Array;
  readonly drop: Int32Array;
  readonly bias: number;
}

export function rollingCrc(length: number): RollingCrc {
  // What a byte still adds to the window's value when `length` bytes have come after it.
  const bytes = Buffer.alloc(length + 1);
  const none = crc32(bytes);
  const drop = new Int32Array(256);
  for (let bit = 0; bit < 8; bit++) {
    bytes[0] = 1 << bit;
    const value = crc32(bytes) ^ none;
    for (let byte = 0; byte < 256; byte++) if (byte & (1 << bit)) drop[byte] = (drop[byte] as number) ^ value;
  }
  return { step, drop, bias: crc32(Buffer.alloc(length)) | 0 };
}
