import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sweepTrash } from '../../../src/sync/local/sweep-trash.js';

const now = Date.parse('2026-03-20T12:00:00Z');
const day = 24 * 3_600_000;

describe('sweepTrash', () => {
  let root: string;
  let trash: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'devspace-sweep-'));
    trash = join(root, '.devspace/trash');
    mkdirSync(trash, { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const named = (days: number) => new Date(now - days * day).toISOString().replace(/[:.]/g, '-');
  /** A batch so many days old. */
  const batch = (days: number, bytes: number) => {
    const name = named(days);
    mkdirSync(join(trash, name, 'a/b'), { recursive: true });
    writeFileSync(join(trash, name, 'a/b/file'), Buffer.alloc(bytes));
    return name;
  };
  const sweep = (keepBytes: number, signal = new AbortController().signal) =>
    sweepTrash(root, signal, { keepMs: 7 * day, keepBytes }, now);
  const left = () => readdirSync(trash).sort();

  it('takes the oldest away, until little enough is left', async () => {
    batch(30, 1000);
    const [second, third, young] = [batch(20, 1000), batch(10, 1000), batch(1, 1000)];
    await sweep(3000);
    expect(left()).toEqual([second, third, young].sort());
    await sweep(1999);
    expect(left()).toEqual([young]);
  });

  it('leaves what is young, however much it is, and what is little, however old', async () => {
    const young = [batch(6.9, 5000), batch(0, 5000)].sort();
    await sweep(10);
    expect(left()).toEqual(young);
    for (const name of young) rmSync(join(trash, name), { recursive: true });
    const old = batch(300, 10);
    await sweep(10);
    expect(left()).toEqual([old]);
  });

  it('touches nothing that is not its own, and follows no link', async () => {
    const outside = join(root, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'mine'), Buffer.alloc(5000));
    mkdirSync(join(trash, 'notes'));
    writeFileSync(join(trash, 'journal'), '');
    symlinkSync(outside, join(trash, batch(40, 1), 'link'));
    symlinkSync(outside, join(trash, named(50)));
    await sweep(0);
    expect(left()).toEqual(['journal', 'notes']);
    expect(existsSync(join(outside, 'mine'))).toBe(true);
  });

  it('does nothing where the trash is a link, or its place', async () => {
    const name = batch(40, 1);
    renameSync(trash, join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), trash);
    await sweep(0);
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([name]);
    rmSync(trash);
    await expect(sweep(0)).resolves.toBeUndefined();
  });

  it('stops when the session ends', async () => {
    const name = batch(40, 100);
    await sweep(0, AbortSignal.abort());
    expect(left()).toEqual([name]);
  });
});
