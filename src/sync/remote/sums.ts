import { type BlockSums, blockSizeFor, decodeSums } from '../delta/block-sums.js';
import type { Sink } from '../endpoint.js';
import { protocolFailure } from '../wire/values.js';

/** Gathers what answers a SIGN of a file of that size; `ask` sends it and settles with its END. Throws SYNC_PROTOCOL when it is not all. */
export async function gatherSums(
  path: string,
  size: number,
  ask: (blockSize: number, length: number, sink: Sink) => Promise<unknown>,
): Promise<BlockSums> {
  const blockSize = blockSizeFor(size);
  const bytes = Buffer.allocUnsafe(4 * Math.ceil(size / blockSize));
  let length = 0;
  await ask(blockSize, bytes.length, {
    data: (chunk) => {
      length += chunk.copy(bytes, length);
    },
  });
  if (length !== bytes.length) throw protocolFailure(`${length} bytes of sums for ${path}`);
  return decodeSums(bytes, blockSize, size);
}
