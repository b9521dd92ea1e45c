import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { ContextEntry } from './context.js';

// Windows knows no permission bits; Docker makes everything executable there.
const ALL_EXECUTABLE = process.platform === 'win32';
type EntryHeader = Parameters<Pack['entry']>[0];

const ZEROS = Buffer.alloc(64 * 1024);

/** A file that is not on disk, or not with that content. */
export interface ExtraFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Default 0644. */
  readonly mode?: number;
}

/**
 * The entries as a tar archive, owned by root as Docker sends them. `extra` files come last and win over an entry of the same path. A file that
 * shrinks meanwhile is filled with zeros and one that grows is cut, so that the archive stays readable.
 */
export async function* tarContext(
  contextDir: string,
  entries: readonly ContextEntry[],
  extra: readonly ExtraFile[] = [],
): AsyncGenerator<Buffer> {
  const archive = pack();
  const filled = fill(archive, contextDir, entries, extra).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    yield* archive as unknown as AsyncIterable<Buffer>;
  } finally {
    archive.destroy();
    await filled;
  }
}

async function fill(
  archive: Pack,
  contextDir: string,
  entries: readonly ContextEntry[],
  extra: readonly ExtraFile[],
): Promise<void> {
  const replaced = new Set(extra.map(({ path }) => path));
  for (const entry of entries) {
    if (replaced.has(entry.path)) continue;
    const header = headerOf(entry);
    const content = header.size ? exactly(join(contextDir, entry.path), header.size) : [];
    await add(archive, header, content);
  }
  for (const { path, content, mode = 0o644 } of extra) {
    const bytes = Buffer.from(content);
    await add(archive, { name: path, mode, mtime: new Date(0), size: bytes.length }, [bytes]);
  }
  archive.finalize();
}

function headerOf({ path, kind, stat, target }: ContextEntry): EntryHeader {
  const mode = ALL_EXECUTABLE ? 0o755 : Number(stat.mode & 0o7777n);
  const common = { mode, uid: 0, gid: 0, mtime: new Date(Math.max(0, Number(stat.mtimeMs))) };
  if (kind === 'folder') return { ...common, name: `${path}/`, type: 'directory' };
  if (kind === 'link') return { ...common, name: path, type: 'symlink', linkname: target ?? '' };
  return { ...common, name: path, type: 'file', size: Number(stat.size) };
}

async function add(
  archive: Pack,
  header: EntryHeader,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const entry = archive.entry(header);
  // Only files have content; the other kinds are complete with their header.
  if (header.size === undefined) return;
  // streamx, whose streams behave like Node's but are typed as their own.
  await pipeline(Readable.from(content), entry as unknown as NodeJS.WritableStream);
}

/** The content of a file, cut or filled to the size its header told. */
async function* exactly(path: string, size: number): AsyncGenerator<Buffer> {
  let left = size;
  for await (const chunk of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
    left -= chunk.length;
    yield chunk;
  }
  for (; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
}
