import { sleep } from '../../base/abort.js';
import { isFailure } from '../../base/failure.js';
import type { Side } from '../core/entry.js';
import { parentOf } from '../core/path.js';
import { Lane } from '../merge/lane.js';
import { type Difference, differenceAt } from './difference.js';
import type { Inspection } from './inspection.js';

/** Hashes under way at once on one side. */
const atOnce = 256;
/** What differs may just be carried over: it is looked at again after this. */
const settleMs = 1_000;

export interface Verified {
  /** Paths that both sides were compared at, those of them whose content was hashed, and their bytes. */
  compared: number;
  hashed: number;
  bytes: number;
  /** Paths that sync does not carry. */
  skipped: number;
  /** By path. What is below something that only one side has is not listed by itself. */
  differences: Difference[];
}

export interface VerifyOptions {
  signal: AbortSignal;
  onProgress?: ((done: { files: number; of: number; bytes: number }) => void) | undefined;
}

/**
 * Compares the content of both sides by hash. What differs is told only when it still differs a moment later, so that a running sync can go on
 * meanwhile. Throws what ends an endpoint.
 */
export async function verify(inspection: Inspection, options: VerifyOptions): Promise<Verified> {
  const first = await look(inspection, options);
  if (first.differences.length === 0) return first;
  await sleep(settleMs, options.signal);
  await Promise.all([inspection.local.scan(''), inspection.remote?.scan('')]);
  const second = await look(inspection, { signal: options.signal });
  const before = new Set(first.differences.map(({ path }) => path));
  const lasting = second.differences.filter(({ path }) => before.has(path));
  return { ...second, bytes: first.bytes, hashed: first.hashed, differences: lasting };
}

async function look(inspection: Inspection, options: VerifyOptions): Promise<Verified> {
  const { ledger } = inspection;
  const paths = [...new Set([...ledger.local.paths(), ...ledger.remote.paths()])].sort();
  const toHash = paths.filter((path) => differenceAt(ledger, path) === 'hash');
  const { bytes, failed } = await hashAll(inspection, toHash, options);
  const found: Verified = { compared: 0, hashed: toHash.length, bytes, skipped: 0, differences: [] };
  /** Directories that only one side has. */
  const alone = new Set<string>();
  for (const path of paths) {
    const difference = differenceAt(ledger, path);
    if (difference === 'skipped') {
      found.skipped += 1;
      continue;
    }
    found.compared += 1;
    if (difference === 'equal') continue;
    if (difference === 'hash') {
      found.differences.push({
        path,
        what: 'unsure',
        text: failed.get(path) ?? 'it changed while it was read',
      });
      continue;
    }
    const isAlone = difference.what === 'only-here' || difference.what === 'only-there';
    if (isAlone) alone.add(path);
    if (!isAlone || !alone.has(parentOf(path))) found.differences.push(difference);
  }
  return found;
}

async function hashAll(
  { ledger, local, remote }: Inspection,
  paths: readonly string[],
  { onProgress, signal }: VerifyOptions,
): Promise<{ bytes: number; failed: Map<string, string> }> {
  const failed = new Map<string, string>();
  const lanes: Record<Side, Lane> = { local: new Lane(atOnce), remote: new Lane(atOnce) };
  let [files, bytes] = [0, 0];
  const hash = async (side: Side, path: string): Promise<void> => {
    const entry = ledger[side].get(path);
    const endpoint = side === 'local' ? local : remote;
    if (entry?.kind !== 'file' || endpoint === undefined) return;
    if (ledger.hashOf(side, path, entry.stamp) !== undefined) return;
    signal.throwIfAborted();
    try {
      ledger.hashed(side, path, entry.stamp, await endpoint.hash(path, entry.stamp));
    } catch (error) {
      // That of a side that is lost ends it all.
      if (!isFailure(error) || error.subject !== path) throw error;
      failed.set(path, error.message);
    }
    if (side === 'remote') [files, bytes] = [files + 1, bytes + entry.size];
    onProgress?.({ files, of: paths.length, bytes });
  };
  const sides = ['local', 'remote'] as const;
  await Promise.all(paths.flatMap((path) => sides.map((side) => lanes[side].run(0, () => hash(side, path)))));
  return { bytes, failed };
}
