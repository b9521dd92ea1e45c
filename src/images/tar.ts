import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextEntry } from './context.js';

const BLOCK = 512;
// Windows knows no permission bits; Docker makes everything executable there.
const ALL_EXECUTABLE = process.platform === 'win32';
const IN_MEMORY = 1024n * 1024n;

/** A file that is not on disk, or not with that content. */
export interface ExtraFile {
  readonly path: string;
  readonly content: string;
}

/**
 * The entries as a tar archive (POSIX.1-2001, pax), owned by root as Docker sends them. `extra` files come last and win over an entry of the
 * same path. A file that shrinks meanwhile is filled with zeros and one that grows is cut, so that the archive stays readable.
 */
export async function* tarContext(
  contextDir: string,
  entries: readonly ContextEntry[],
  extra: readonly ExtraFile[] = [],
): AsyncGenerator<Buffer> {
  const replaced = new Set(extra.map(({ path }) => path));
  for (const { path, kind, stat, target } of entries) {
    if (replaced.has(path)) continue;
    const size = kind === 'file' ? stat.size : 0n;
    const mtime = stat.mtimeMs / 1000n;
    yield header({
      path,
      kind,
      size,
      mtime,
      mode: ALL_EXECUTABLE ? 0o755 : Number(stat.mode & 0o7777n),
      target: target ?? '',
    });
    if (size > 0n) yield* fileBlocks(join(contextDir, path), size);
  }
  for (const { path, content } of extra) {
    const bytes = Buffer.from(content);
    yield header({ path, kind: 'file', size: BigInt(bytes.length), mtime: 0n, mode: 0o644, target: '' });
    yield bytes;
    yield padding(BigInt(bytes.length));
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function* fileBlocks(path: string, size: bigint): AsyncGenerator<Buffer> {
  let left = size;
  if (size <= IN_MEMORY) {
    await using file = await open(path);
    const content = Buffer.alloc(Number(size));
    await file.read(content, 0, content.length, 0);
    yield content;
    left = 0n;
  } else {
    for await (const chunk of createReadStream(path, { end: Number(size) - 1 }) as AsyncIterable<Buffer>) {
      left -= BigInt(chunk.length);
      yield chunk;
    }
  }
  for (; left > 0n; left -= BigInt(BLOCK)) yield Buffer.alloc(Number(left < BLOCK ? left : BLOCK));
  yield padding(size);
}

interface Head {
  readonly path: string;
  readonly kind: ContextEntry['kind'];
  readonly size: bigint;
  readonly mtime: bigint;
  readonly mode: number;
  readonly target: string;
}

const TYPES = { file: '0', link: '2', folder: '5' } as const;
const MAX_NAME = 100;
const MAX_SIZE = 0o77777777777n;

function header(head: Head): Buffer {
  const name = head.kind === 'folder' ? `${head.path}/` : head.path;
  const long: [string, string][] = [];
  if (!fits(name)) long.push(['path', name]);
  if (!fits(head.target)) long.push(['linkpath', head.target]);
  if (head.size > MAX_SIZE) long.push(['size', `${head.size}`]);
  const type = TYPES[head.kind];
  const block = ustar(name, type, head.size > MAX_SIZE ? 0n : head.size, head);
  if (long.length === 0) return block;
  const records = Buffer.from(long.map(([key, value]) => paxRecord(key, value)).join(''));
  const size = BigInt(records.length);
  return Buffer.concat([ustar('pax', 'x', size, { ...head, target: '' }), records, padding(size), block]);
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= MAX_NAME;
}

// The length at the front counts itself.
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (`${length}`.length + rest !== length) length = `${length}`.length + rest;
  return `${length} ${key}=${value}\n`;
}

function ustar(name: string, type: string, size: bigint, { mode, mtime, target }: Head): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number | bigint, length: number, offset: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  };
  block.write(name, 0, MAX_NAME, 'utf8');
  octal(mode, 8, 100);
  octal(0, 8, 108);
  octal(0, 8, 116);
  octal(size, 12, 124);
  octal(mtime > 0n ? mtime : 0n, 12, 136);
  block.fill(' ', 148, 156);
  block.write(type, 156);
  block.write(target, 157, MAX_NAME, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    7,
    148,
  );
  return block;
}

function padding(size: bigint): Buffer {
  const rest = Number(size % BigInt(BLOCK));
  return Buffer.alloc(rest === 0 ? 0 : BLOCK - rest);
}
