import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, type BigIntStats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { writeAtomic } from '../state/atomic-write.js';

/** Content hashes of files, remembered under what the file system says about them, so that an unchanged file is not read again. */
export interface FileHashes {
  /** SHA-256 of the file `path` as 43 characters; `stat` is what lstat said about it. */
  hash(path: string, stat: BigIntStats): Promise<string>;
  /** Keeps the hashes asked for since `openFileHashes` for the next run, and forgets all others. */
  save(): Promise<void>;
}

// path -> [what the file system said, hash]
type Known = Record<string, readonly [string, string]>;

const STREAM_FROM = 4n * 1024n * 1024n;
// A file changed in the same tick of the file system's clock as it was read keeps its stamp: such a young one is not remembered. FAT has 2 s.
const SETTLED_NS = 2_000_000_000n;

/** Opens the hashes kept in `file`; a missing or broken file only costs reading everything again. Its folder has to exist by `save`. */
export function openFileHashes(file: string): FileHashes {
  const known = load(file);
  const seen: Known = {};
  let changed = false;
  return {
    async hash(path, stat) {
      const stamp = stampOf(stat);
      const old = known[path];
      if (old?.[0] === stamp) {
        seen[path] = old;
        return old[1];
      }
      const hash = await hashFile(path, stat.size);
      changed = true;
      const now = BigInt(Date.now()) * 1_000_000n;
      if (now - stat.mtimeNs > SETTLED_NS && now - stat.ctimeNs > SETTLED_NS) seen[path] = [stamp, hash];
      return hash;
    },
    async save() {
      if (!changed && Object.keys(seen).length === Object.keys(known).length) return;
      await writeAtomic(file, JSON.stringify(seen));
    },
  };
}

function stampOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size}:${mtimeNs}:${ctimeNs}:${ino}`;
}

async function hashFile(path: string, size: bigint): Promise<string> {
  const sha = createHash('sha256');
  if (size < STREAM_FROM) sha.update(await readFile(path));
  else await pipeline(createReadStream(path), sha);
  return sha.digest('base64url');
}

function load(file: string): Known {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Known) : {};
  } catch {
    return {};
  }
}
