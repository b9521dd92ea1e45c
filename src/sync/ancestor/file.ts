import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { systemCode } from '../../base/failure.js';
import type { Ancestor, Known } from '../core/entry.js';
import { Reader, Writer } from '../wire/values.js';

/** Where an ancestor holds: on another file system stamps and absences mean nothing. */
export interface Identity {
  local: string;
  remote: string;
  /** The exclude patterns it was made with. */
  patterns: string;
}

const magic = 'devspace-sync-ancestor-1';
const kinds = ['file', 'directory', 'symlink'] as const;

/** Reads a saved ancestor. `missing`: there is none; `damaged`: there is one that cannot be trusted. */
export async function loadAncestor(
  file: string,
): Promise<{ identity: Identity; ancestor: Ancestor } | 'missing' | 'damaged'> {
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
    if (from.text() !== magic) return 'damaged';
    const identity = { local: from.text(), remote: from.text(), patterns: from.text() };
    const ancestor: Ancestor = new Map();
    while (from.remaining > 0) ancestor.set(from.path(), readKnown(from));
    return { identity, ancestor };
  } catch {
    return 'damaged';
  }
}

/** Writes it beside, flushes it to disk and moves it into place: a reader finds the old or the new one, whole. */
export async function saveAncestor(file: string, identity: Identity, ancestor: Ancestor): Promise<void> {
  const to = new Writer(0, 64 * 1024)
    .text(magic)
    .text(identity.local)
    .text(identity.remote)
    .text(identity.patterns);
  for (const [path, known] of ancestor) writeKnown(to.text(path), known);
  const content = to.finish();
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writev([content, createHash('sha256').update(content).digest()]);
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

function writeKnown(to: Writer, known: Known): void {
  to.u8(kinds.indexOf(known.kind)).uint(known.localMode).uint(known.remoteMode);
  for (const stamp of [known.localStamp, known.remoteStamp]) {
    if (stamp === undefined) to.u8(0);
    else to.u8(1).text(stamp);
  }
  if (known.kind === 'file') to.uint(known.size).hex(known.hash);
  if (known.kind === 'symlink') to.text(known.target);
}

function readKnown(from: Reader): Known {
  const kind = kinds[from.uintUpTo(2, 'the kind')] as Known['kind'];
  const localMode = from.mode();
  const remoteMode = from.mode();
  const [localStamp, remoteStamp] = [0, 1].map(() => (from.u8() === 0 ? undefined : from.text()));
  return {
    kind,
    localMode,
    remoteMode,
    localStamp,
    remoteStamp,
    size: kind === 'file' ? from.uint() : 0,
    hash: kind === 'file' ? from.hash() : '',
    target: kind === 'symlink' ? from.text() : '',
  };
}
