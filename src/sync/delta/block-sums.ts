/** The CRC-32 of every block of a file; the last block may be shorter. */
export interface BlockSums {
  blockSize: number;
  fileSize: number;
  sums: Uint32Array;
}

const smallest = 4096;
const largest = 1024 * 1024;

/**
 * A power of two near the square root of twice the size: then the sums (4 bytes a block) cost about as much as the block that is sent around a
 * single changed byte, 25 + 16 KiB for 100 MiB.
 */
export function blockSizeFor(fileSize: number): number {
  let size = smallest;
  while (size < largest && size * size < 2 * fileSize) size *= 2;
  return size;
}

export function decodeSums(bytes: Buffer, blockSize: number, fileSize: number): BlockSums {
  const sums = new Uint32Array(bytes.length / 4);
  for (let block = 0; block < sums.length; block++) sums[block] = bytes.readUInt32BE(block * 4);
  return { blockSize, fileSize, sums };
}

export const blockLength = ({ blockSize, fileSize }: BlockSums, block: number): number =>
  Math.min(blockSize, fileSize - block * blockSize);
