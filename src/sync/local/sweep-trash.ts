import { lstat, opendir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { timeOf, trashPath } from '../trash/list.js';
import { observe } from './observe.js';

/** What is younger always stays. */
const keepMs = 7 * 24 * 3_600_000;
/** As long as the trash is no larger than this, everything stays. */
const keepBytes = 100 * 1024 * 1024;

export interface SweepLimits {
  keepMs: number;
  keepBytes: number;
}

/**
 * Bounds the trash of a root: from the oldest on, what has been there for more than 7 days goes, until 100 MiB at most are left. Follows no symlink, and
 * touches nothing whose name is not one of the trash's own. Never throws: what cannot be removed stays.
 */
export async function sweepTrash(
  root: string,
  signal: AbortSignal,
  limits: SweepLimits = { keepMs, keepBytes },
  now = Date.now(),
): Promise<void> {
  for (const directory of ['.devspace', trashPath])
    if (observe(root, directory)?.kind !== 'directory') return;
  const trash = join(root, trashPath);
  const batches: { path: string; time: number }[] = [];
  for (const name of await readdir(trash).catch(() => [])) {
    const time = timeOf(name)?.getTime();
    if (time !== undefined) batches.push({ path: join(trash, name), time });
  }
  batches.sort((a, b) => a.time - b.time);
  const isOld = ({ time }: { time: number }) => now - time > limits.keepMs;
  // Most often nothing is to be done, and then nothing is counted.
  if (!batches.some(isOld)) return;
  const sizes: number[] = [];
  for (const { path } of batches) sizes.push(await sizeOf(path, signal));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  for (const [index, batch] of batches.entries()) {
    if (signal.aborted || total <= limits.keepBytes || !isOld(batch)) return;
    await rm(batch.path, { recursive: true, force: true }).catch(() => {});
    total -= sizes[index] ?? 0;
  }
}

async function sizeOf(path: string, signal: AbortSignal): Promise<number> {
  if (signal.aborted) return 0;
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory()) return stats.size;
    let size = 0;
    for await (const { name } of await opendir(path)) size += await sizeOf(join(path, name), signal);
    return size;
  } catch {
    return 0;
  }
}
