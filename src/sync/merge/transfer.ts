import type { Action } from '../core/action.js';
import type { FileEntry } from '../core/entry.js';
import { type BlockSums, blockLength } from '../delta/block-sums.js';
import type { Content, Patchable } from '../endpoint.js';
import type { Range } from '../wire/messages.js';
import type { Sides } from './sides.js';

/** From this size on a new version is sent as what differs. */
const deltaFrom = 256 * 1024;
/** Of what differs, so much is fetched at once: it waits in memory, since other files come over the same line. */
const batchBytes = 4 * 1024 * 1024;

type FileChange = Extract<Action, { do: 'file' }>;

/** Whether only what differs needs to be sent. */
export const isDelta = ({ source, target }: FileChange): boolean =>
  source.size > deltaFrom && target?.kind === 'file' && target.size > deltaFrom / 2;

/**
 * Brings the source's content to `incoming` by what it has in common with the target. What comes out may be wrong: `commit`
 * checks it. `known`: the hash of what both had; when the source turns out to have it, nothing may have been brought.
 */
export async function transferDelta(
  change: FileChange,
  sides: Sides,
  incoming: Patchable,
  known: string | undefined,
): Promise<Content> {
  const { path, source, target, to } = change;
  const { local, remote } = sides;
  if (to === 'remote')
    return local.readDelta(path, source, await remote.sums(path, target as FileEntry), incoming);
  const hashing = remote.hash(path, source.stamp);
  hashing.catch(() => {});
  const sums = await remote.sums(path, source);
  const offsets = await local.findBlocks(path, target as FileEntry, sums);
  // Everything is there already: perhaps nothing but the time changed.
  if (!offsets.includes(-1) && (await hashing) === known) return { hash: known, entry: source };
  for (const batch of batches(sums, offsets)) {
    const missing = Buffer.allocUnsafe(batch.bytes);
    let have = 0;
    if (batch.bytes > 0)
      await remote.read(
        path,
        source,
        { data: (chunk) => void (have += chunk.copy(missing, have)) },
        batch.missing,
      );
    let used = 0;
    for (const { from, length } of batch.pieces) {
      if (from >= 0) await incoming.copy(from, length);
      else await incoming.data(missing.subarray(used, used + length));
      if (from < 0) used += length;
    }
  }
  return { hash: await hashing, entry: source };
}

/** What comes next: `length` bytes from an offset in the old file, or from what is missing (-1). */
interface Piece {
  from: number;
  length: number;
}

interface Batch {
  pieces: Piece[];
  missing: Range[];
  bytes: number;
}

/** Cuts the new file into what is there already and what must be fetched, neighbours together, so much at a time. Pure. */
export function* batches(sums: BlockSums, offsets: Float64Array): Generator<Batch> {
  let batch: Batch = { pieces: [], missing: [], bytes: 0 };
  for (let block = 0; block < offsets.length; block++) {
    const from = offsets[block] as number;
    const length = blockLength(sums, block);
    const last = batch.pieces.at(-1);
    const joins = last && (from < 0 ? last.from < 0 : last.from >= 0 && last.from + last.length === from);
    if (joins) last.length += length;
    else batch.pieces.push({ from, length });
    if (from >= 0) continue;
    const range = batch.missing.at(-1);
    if (joins && range) range.length += length;
    else batch.missing.push({ offset: block * sums.blockSize, length });
    batch.bytes += length;
    if (batch.bytes < batchBytes) continue;
    yield batch;
    batch = { pieces: [], missing: [], bytes: 0 };
  }
  if (batch.pieces.length > 0) yield batch;
}
