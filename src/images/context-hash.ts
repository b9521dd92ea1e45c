import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../base/failure.js';
import { unreadable, type ContextEntry } from './context.js';
import type { FileHashes } from './file-hashes.js';

const AT_ONCE = 16;
// Windows has no permission bits worth comparing.
const MODE_BITS = process.platform === 'win32' ? 0n : 0o777n;

/** One hash over names, kinds, permissions, link targets and contents: equal exactly when a build would copy the same files. */
export async function hashContext(
  contextDir: string,
  entries: readonly ContextEntry[],
  hashes: FileHashes,
  signal?: AbortSignal,
): Promise<string> {
  const total = createHash('sha256');
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    signal?.throwIfAborted();
    const batch = entries.slice(start, start + AT_ONCE);
    const lines = await Promise.all(batch.map(async (entry) => await describe(contextDir, entry, hashes)));
    total.update(lines.join(''));
  }
  return total.digest('hex');
}

async function describe(contextDir: string, entry: ContextEntry, hashes: FileHashes): Promise<string> {
  const { path, kind, stat, target } = entry;
  const content = kind === 'file' ? await contentHash(join(contextDir, path), stat, hashes) : (target ?? '');
  const mode = kind === 'link' ? '' : (stat.mode & MODE_BITS).toString(8);
  return `${[kind, mode, path, content].join('\0')}\n`;
}

async function contentHash(file: string, stat: BigIntStats, hashes: FileHashes): Promise<string> {
  try {
    return await hashes.hash(file, stat);
  } catch (error) {
    // Gone since the walk: the next run sees the difference.
    if (systemCode(error) === 'ENOENT') return '';
    throw unreadable(file, error);
  }
}
