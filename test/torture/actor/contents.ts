import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import type { Content } from '../records.js';

/** Writes of at most this, at a multiple of {@link unit}, are seen whole or not at all. */
export const page = 4096;
export const unit = 512;

/** Bytes that no other content has, beginning with the label. The size is a multiple of {@link unit}. */
export function freshContent(label: string, size: number): Buffer {
  const bytes = size > page ? randomBytes(size) : Buffer.alloc(size, `${label} `);
  bytes.write(`${label}\n`);
  return bytes;
}

export const contentOf = (bytes: Buffer): Content =>
  `${bytes.length}:${createHash('sha1').update(bytes).digest('hex')}`;

/** The content at an absolute path; undefined for what has none, cannot be read or is not there. */
export function contentAt(absolute: string): Content | undefined {
  try {
    const stats = lstatSync(absolute);
    if (stats.isSymbolicLink()) return `-> ${readlinkSync(absolute)}`;
    if (!stats.isFile()) return undefined;
    const fd = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return fstatSync(fd).isFile() ? contentOf(readFileSync(fd)) : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
