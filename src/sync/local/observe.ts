import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';

import { systemCode } from '../../base/failure.js';
import type { Entry, Time } from '../core/entry.js';
import { parentsOf } from '../core/path.js';

/** What is at the path now, itself and not what it links to; undefined: nothing. Never throws. */
export function observe(root: string, path: string): Entry | undefined {
  // As `join`, which takes a fifth of the time that looking takes.
  const absolute = path === '' ? root : `${root}/${path}`;
  try {
    const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
    return stats && entryOf(stats, () => readlinkSync(absolute));
  } catch (error) {
    const code = systemCode(error);
    // ELOOP: behind a link to itself.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
    return { kind: 'unreadable', reason: reasonOf(code) };
  }
}

/** Like `observe`, but what lies behind a symlink is not there. `real` remembers directories already found to be real. */
export function observeInside(root: string, path: string, real: Set<string>): Entry | undefined {
  const unknown = parentsOf(path).filter((parent) => !real.has(parent));
  for (const parent of unknown.toReversed()) {
    if (observe(root, parent)?.kind !== 'directory') return undefined;
    real.add(parent);
  }
  return observe(root, path);
}

export function entryOf(stats: BigIntStats, readLink: () => string): Entry {
  const mode = Number(stats.mode) & 0o7777;
  if (stats.isFile())
    return {
      kind: 'file',
      mode,
      size: Number(stats.size),
      mtime: timeOf(stats.mtimeNs),
      stamp: stampOf(stats),
    };
  if (stats.isDirectory())
    return { kind: 'directory', mode, stamp: mix(stats.ino, stats.dev, BigInt(mode), 0n, 0n) };
  if (stats.isSymbolicLink()) return { kind: 'symlink', target: readLink(), stamp: stampOf(stats) };
  return { kind: 'other', what: whatIs(stats) };
}

export const stampOf = (stats: BigIntStats): string =>
  mix(stats.ino, stats.ctimeNs, stats.mtimeNs, stats.size, stats.mode);

/** 64 bits over the fields; any single change of one gives another value, since the factors are odd. */
function mix(a: bigint, b: bigint, c: bigint, d: bigint, e: bigint): string {
  const sum =
    a * 0x9e3779b97f4a7c15n +
    b * 0xbf58476d1ce4e5b9n +
    c * 0x94d049bb133111ebn +
    d * 0xd6e8feb86659fd93n +
    e * 0xa0761d6478bd642fn;
  return BigInt.asUintN(64, sum).toString(16).padStart(16, '0');
}

function timeOf(ns: bigint): Time {
  if (ns < 0n) return { s: 0, ns: 0 };
  return { s: Number(ns / 1_000_000_000n), ns: Number(ns % 1_000_000_000n) };
}

function whatIs(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'FIFO';
  if (stats.isSocket()) return 'socket';
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'device';
  return 'special file';
}

export const reasonOf = (code: string | undefined): string =>
  code === 'EACCES' || code === 'EPERM' ? 'permission denied' : (code ?? 'unknown error');
