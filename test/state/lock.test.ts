import { readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../src/state/lock.js';
import { startOf } from '../../src/state/process-identity.js';
import { tempFolder } from './temp-folder.js';

describe('takeLock', () => {
  it('lets one in at a time', async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        await using _lock = await takeLock(file);
        most = Math.max(most, ++inside);
        await readFile(file);
        inside--;
      }),
    );
    expect(most).toBe(1);
    expect(await readdir(folder.path)).toEqual([]);
  });

  const dead = { id: 'x', pid: 2 ** 22 + 1, started: undefined, host: hostname() };
  const reused = { ...dead, pid: process.pid, started: 'another boot/1' };
  // Where the system does not tell when a process started, a number in use again cannot be noticed.
  const owners =
    startOf(process.pid) === undefined
      ? { gone: dead }
      : { gone: dead, 'whose number is in use again': reused };
  it.each(Object.entries(owners))('takes over the lock of a process %s', async (_name, owner) => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'lock');
    await writeFile(file, JSON.stringify(owner));
    await using _lock = await takeLock(file, { waitMs: 0 });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(await readdir(folder.path)).toEqual(['lock']);
  });

  it('takes over an unreadable lock only when it is old', async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'lock');
    await writeFile(file, '');
    await expect(takeLock(file, { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCKED' });
    await utimes(file, 0, 0);
    await using _lock = await takeLock(file, { waitMs: 0 });
  });

  it.each([
    ['a running process', { ...dead, pid: process.ppid }],
    ['another machine', { ...dead, host: 'elsewhere' }],
  ])('gives up on %s after waiting', async (_name, owner) => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'lock');
    await writeFile(file, JSON.stringify(owner));
    await expect(takeLock(file, { waitMs: 60 })).rejects.toMatchObject({
      code: 'LOCKED',
      message: `${file} is held by process ${owner.pid} on ${owner.host}`,
      hint: `wait for it, or remove the lock when it is no longer running: rm ${file}`,
    });
  });

  it('stops waiting on abort', async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'lock');
    await using _lock = await takeLock(file);
    const stop = new AbortController();
    const waiting = takeLock(file, { signal: stop.signal });
    stop.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
  });

  it('does not remove a lock that became somebody else’s', async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'lock');
    const lock = await takeLock(file);
    await writeFile(file, JSON.stringify(dead));
    await lock[Symbol.asyncDispose]();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ id: 'x' });
  });
});
