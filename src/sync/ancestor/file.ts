import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { systemCode } from '../../base/failure.js';
import type { Known } from '../core/entry.js';
import { type Grave, type Tombstone, Tombstones } from '../core/tombstones.js';
import type { KnownTable } from '../store/known-table.js';
import { Reader, Writer } from '../wire/values.js';
import type { Memory, Recollection } from './recollection.js';

/** Where an ancestor holds: on another file system stamps and absences mean nothing. */
export interface Identity {
  local: string;
  remote: string;
  /** The exclude patterns it was made with. */
  patterns: string;
}

const magic = 'devspace-sync-ancestor-4';
/** Earlier formats, which are still read: one tombstone for each path; stamps as text; at first nothing but the ancestor was kept. */
const earlier = {
  third: 'devspace-sync-ancestor-3',
  second: 'devspace-sync-ancestor-2',
  first: 'devspace-sync-ancestor-1',
} as const;
const kinds = ['file', 'directory', 'symlink'] as const;

/** From so many bytes on, what is collected is written. */
const pieceBytes = 256 * 1024;

export type Saved = Recollection & {
  readonly identity: Identity;
  /** False: an earlier format, to be written anew. */
  readonly isLatest: boolean;
};

/** Reads what was saved. `missing`: there is none; `damaged`: there is one that cannot be trusted. */
export async function loadMemory(file: string): Promise<Saved | 'missing' | 'damaged'> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'missing' : 'damaged';
  }
  try {
    const content = bytes.subarray(0, -32);
    if (!createHash('sha256').update(content).digest().equals(bytes.subarray(-32))) return 'damaged';
    const from = new Reader(content);
    const version = from.text();
    if (![magic, ...Object.values(earlier)].includes(version)) return 'damaged';
    const identity = { local: from.text(), remote: from.text(), patterns: from.text() };
    const parked: Memory['parked'] = new Map();
    const tombstones = new Tombstones();
    if (version !== earlier.first) {
      for (let left = from.uint(); left > 0; left--) {
        const path = from.path();
        const [local, remote] = readStamps(from);
        parked.set(path, { local, remote });
      }
      for (let left = from.uint(); left > 0; left--) {
        const path = from.path();
        if (version === magic) tombstones.set(path, readGrave(from));
        else tombstones.removed(path, readStone(from));
      }
    }
    const isLatest = version === magic;
    const isRaw = isLatest || version === earlier.third;
    const rows = from.rest();
    const into = (table: KnownTable) => readAncestor(rows, table, isRaw);
    return { identity, ancestor: { into }, parked, tombstones, isLatest };
  } catch {
    return 'damaged';
  }
}

function readAncestor(bytes: Buffer, table: KnownTable, isRaw: boolean): void {
  for (const from = new Reader(bytes); from.remaining > 0;) {
    const path = from.path();
    if (isRaw) table.readRow(path, from);
    else table.set(path, readKnown(from));
  }
}

/** Writes it beside, flushes it to disk and moves it into place: a reader finds the old or the new one, whole. */
export async function saveMemory(file: string, identity: Identity, memory: Memory): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      const sum = createHash('sha256');
      for (const piece of piecesOf(identity, memory)) {
        sum.update(piece);
        await handle.write(piece);
      }
      await handle.write(sum.digest());
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The whole file, a piece at a time. Paths are independent of each other, so one that changes while others are written harms nothing. */
function* piecesOf(
  identity: Identity,
  { ancestor, parked, tombstones }: Memory,
): Generator<Buffer, undefined> {
  let to = new Writer(0, pieceBytes);
  to.text(magic).text(identity.local).text(identity.remote).text(identity.patterns);
  to.uint(parked.size);
  for (const [path, { local, remote }] of parked) writeStamps(to.text(path), local, remote);
  to.uint(tombstones.size);
  for (const [path, grave] of tombstones) writeGrave(to.text(path), grave);
  for (const [path, row] of ancestor.rows()) {
    ancestor.writeRow(row, to.text(path));
    if (to.length < pieceBytes) continue;
    yield to.finish();
    to = new Writer(0, pieceBytes);
  }
  yield to.finish();
}

/** In an earlier format. */
function readKnown(from: Reader): Known {
  const kind = readKind(from);
  const modes = { localMode: from.mode(), remoteMode: from.mode() };
  const [localStamp, remoteStamp] = readStamps(from);
  return { kind, ...modes, localStamp, remoteStamp, ...readContent(from, kind) };
}

function writeGrave(to: Writer, { brought, isMet, last }: Grave): void {
  to.u8((isMet ? 1 : 0) | (last ? 2 : 0)).uint(brought.length);
  for (const stone of last ? [...brought, last] : brought) writeStone(to, stone);
}

function readGrave(from: Reader): Grave {
  const flags = from.u8();
  const brought = Array.from({ length: from.uintUpTo(16, 'stones') }, () => readStone(from));
  return { brought, isMet: (flags & 1) !== 0, last: flags & 2 ? readStone(from) : undefined };
}

function writeStone(to: Writer, stone: Tombstone): void {
  writeContent(to.u8(kinds.indexOf(stone.kind)), stone);
}

function readStone(from: Reader): Tombstone {
  const kind = readKind(from);
  return { kind, ...readContent(from, kind) };
}

function writeStamps(to: Writer, ...stamps: readonly (string | undefined)[]): void {
  for (const stamp of stamps) {
    if (stamp === undefined) to.u8(0);
    else to.u8(1).text(stamp);
  }
}

const readStamp = (from: Reader): string | undefined => (from.u8() === 0 ? undefined : from.text());
const readStamps = (from: Reader) => [readStamp(from), readStamp(from)] as const;
const readKind = (from: Reader) => kinds[from.uintUpTo(2, 'the kind')] as Known['kind'];

function writeContent(to: Writer, { kind, size, hash, target }: Tombstone): void {
  if (kind === 'file') to.uint(size).hex(hash);
  if (kind === 'symlink') to.text(target);
}

function readContent(from: Reader, kind: Known['kind']): Omit<Tombstone, 'kind'> {
  return {
    size: kind === 'file' ? from.uint() : 0,
    hash: kind === 'file' ? from.hash() : '',
    target: kind === 'symlink' ? from.text() : '',
  };
}
