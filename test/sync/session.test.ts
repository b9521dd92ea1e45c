import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { isFailure } from '../../src/base/failure.js';
import { Writer } from '../../src/sync/wire/values.js';
import { frame, openEvil } from './evil.js';
import {
  counted,
  helperMissing,
  openHere,
  pairForEachTest,
  type Pair,
  put,
  readTrash,
  readTree,
} from './rig.js';

const missing = helperMissing();
if (missing) console.log(`sync sessions are not tested: ${missing}`);

describe.skipIf(missing)('a session over pipes', { timeout: 30_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

  it('merges both ways at first, deletes nothing, newest wins and the loser is kept', async () => {
    put(pair.local, {
      'only/local.txt': 'l',
      'same.txt': 'same',
      'newer-here.txt': 'local wins',
      'older-here.txt': 'old',
    });
    put(pair.remote, {
      'only/remote.txt': 'r',
      'same.txt': 'same',
      'newer-here.txt': 'loses',
      'older-here.txt': 'new',
    });
    utimesSync(join(pair.remote, 'newer-here.txt'), 1_600_000_000, 1_600_000_000);
    utimesSync(join(pair.local, 'older-here.txt'), 1_600_000_000, 1_600_000_000);
    const session = await pair.start();
    const { up, down } = await session.initialDone;
    await pair.equal();
    expect(readTree(pair.local)).toHaveProperty('only/remote.txt');
    expect(text(pair.remote, 'newer-here.txt')).toBe('local wins');
    expect(text(pair.local, 'older-here.txt')).toBe('new');
    expect(readTrash(pair.local)).toEqual({ 'newer-here.txt': 'loses', 'older-here.txt': 'old' });
    expect({ up, down }).toEqual({ up: 2, down: 2 });
  });

  it('leaves what only the container has when downloadOnInitialSync is false, until it changes', async () => {
    put(pair.remote, { 'a.txt': 'a', 'd/b.txt': 'b' });
    const session = await pair.start({ downloadOnInitialSync: false });
    await session.initialDone;
    expect(readTree(pair.local)).toEqual({});
    put(pair.local, { 'd/c.txt': 'c' });
    await pair.until('c is uploaded', () => existsSync(join(pair.remote, 'd/c.txt')));
    put(pair.remote, { 'd/b.txt': 'changed' });
    await pair.until('b is downloaded', () => existsSync(join(pair.local, 'd/b.txt')));
    expect(existsSync(join(pair.local, 'a.txt'))).toBe(false);
    expect(existsSync(join(pair.remote, 'a.txt'))).toBe(true);
  });

  it('carries edits, modes, links, directories and removals both ways', async () => {
    put(pair.local, { 'a.txt': 'one', 'dir/b.txt': 'b', 'dir/c.txt': 'c' });
    const session = await pair.start();
    await session.initialDone;
    for (const [from, to] of [
      [pair.local, pair.remote],
      [pair.remote, pair.local],
    ] as const) {
      put(from, { 'a.txt': `edited in ${from}`, 'new dir/ü.txt': 'new' });
      mkdirSync(join(from, 'empty/deep'), { recursive: true });
      symlinkSync('../dir/b.txt', join(from, 'new dir/link'));
      await pair.equal();
      expect(readTree(to)['empty/deep']).toBe('directory');
      chmodSync(join(from, 'a.txt'), 0o755);
      await pair.equal();
      expect(readTree(to)['a.txt']).toMatch(/^755 /);
      rmSync(join(from, 'new dir'), { recursive: true });
      rmSync(join(from, 'empty'), { recursive: true });
      chmodSync(join(from, 'a.txt'), 0o644);
      await pair.equal();
      expect(Object.keys(readTree(to)).toSorted()).toEqual(['a.txt', 'dir', 'dir/b.txt', 'dir/c.txt']);
    }
    // What the container removed is in the trash here.
    expect(readTrash(pair.local)['new dir/ü.txt']).toBe('new');
  });

  it('sees edits of the same size within the same second', async () => {
    put(pair.local, { 'f.txt': 'value-000' });
    const session = await pair.start();
    await session.initialDone;
    for (let round = 1; round <= 30; round++) {
      const [from, to] = round % 2 === 0 ? [pair.local, pair.remote] : [pair.remote, pair.local];
      const content = `value-${String(round).padStart(3, '0')}`;
      writeFileSync(join(from, 'f.txt'), content);
      await pair.until(`round ${round} arrives`, () => text(to, 'f.txt') === content);
    }
  });

  it('swaps files and directories', async () => {
    put(pair.local, { x: 'file', 'y/in.txt': 'in', 'y/deep/er.txt': 'er' });
    const session = await pair.start();
    await session.initialDone;
    rmSync(join(pair.local, 'x'));
    put(pair.local, { 'x/now/a': 'directory' });
    rmSync(join(pair.remote, 'y'), { recursive: true });
    put(pair.remote, { y: 'file' });
    await pair.equal();
    expect(text(pair.remote, 'x/now/a')).toBe('directory');
    expect(text(pair.local, 'y')).toBe('file');
    expect(readTrash(pair.local)).toEqual({ 'y/in.txt': 'in', 'y/deep/er.txt': 'er' });
  });

  it('takes bursts of a thousand files, renames and their removal', { timeout: 180_000 }, async () => {
    const within = 40_000;
    const session = await pair.start({ confirm: async () => 'carry-over' });
    await session.initialDone;
    const files = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`d${i % 10}/f${i}`, `content ${i}`]),
    );
    put(pair.local, files);
    await pair.equal({ within });
    for (let d = 0; d < 10; d++) renameSync(join(pair.remote, `d${d}`), join(pair.remote, `e${d}`));
    await pair.equal({ within });
    expect(Object.keys(readTree(pair.local)).length).toBe(1010);
    for (let i = 0; i < 1000; i++)
      renameSync(join(pair.local, `e${i % 10}/f${i}`), join(pair.local, `e${(i + 1) % 10}/g${i}`));
    await pair.equal({ within });
    for (let d = 1; d < 10; d++) rmSync(join(pair.local, `e${d}`), { recursive: true });
    await pair.equal({ within });
    expect(Object.keys(readTree(pair.remote)).length).toBe(101);
  });

  it('resolves edits on both sides as a conflict that loses nothing', async () => {
    put(pair.local, { 'f.txt': 'base' });
    const first = await pair.start();
    await first.initialDone;
    await first.stop();
    put(pair.local, { 'f.txt': 'local edit' });
    put(pair.remote, { 'f.txt': 'remote edit' });
    utimesSync(join(pair.local, 'f.txt'), 1_600_000_000, 1_600_000_000);
    const second = await pair.start();
    await second.initialDone;
    expect(text(pair.local, 'f.txt')).toBe('remote edit');
    expect(readTrash(pair.local)).toEqual({ 'f.txt': 'local edit' });
    expect(pair.events).toContainEqual(
      expect.objectContaining({ type: 'sync-conflict', path: 'f.txt', kept: 'remote' }),
    );
  });

  it('merges what happened while no session ran', async () => {
    put(pair.local, {
      keep: 'k',
      'gone-here': '1',
      'gone-there': '2',
      'edited-here': '3',
      'edited-there': '4',
      'gone-but-edited': '5',
    });
    const first = await pair.start();
    await first.initialDone;
    await first.stop();
    rmSync(join(pair.local, 'gone-here'));
    rmSync(join(pair.remote, 'gone-there'));
    rmSync(join(pair.local, 'gone-but-edited'));
    put(pair.local, { 'edited-here': 'new 3', 'new-here': '6' });
    put(pair.remote, { 'edited-there': 'new 4', 'new-there': '7', 'gone-but-edited': 'edited' });
    const second = await pair.start();
    await second.initialDone;
    const expected = {
      keep: 'k',
      'edited-here': 'new 3',
      'edited-there': 'new 4',
      'new-here': '6',
      'new-there': '7',
      'gone-but-edited': 'edited',
    };
    for (const root of [pair.local, pair.remote])
      expect(Object.fromEntries(Object.keys(readTree(root)).map((path) => [path, text(root, path)]))).toEqual(
        expected,
      );
    expect(readTrash(pair.local)).toEqual({ 'gone-there': '2' });
  });

  it('fills a replaced container again and deletes nothing here', async () => {
    put(pair.local, { 'a.txt': 'a', 'd/b.txt': 'b', 'deleted-here': 'x' });
    const first = await pair.start();
    await first.initialDone;
    await first.stop();
    rmSync(pair.remote, { recursive: true });
    mkdirSync(pair.remote);
    // The image still has a file that was deleted here since, and one it changed.
    put(pair.remote, { 'deleted-here': 'x' });
    rmSync(join(pair.local, 'deleted-here'));
    const second = await pair.start({ remoteIdentity: 'container-2' });
    await second.initialDone;
    await pair.equal();
    expect(Object.keys(readTree(pair.local)).toSorted()).toEqual(['a.txt', 'd', 'd/b.txt']);
    expect(readTrash(pair.local)).toEqual({});
  });

  it('halts when the folder in the container is wiped, with the local files intact', async () => {
    put(pair.local, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d${i % 7}/f${i}`, `${i}`])));
    const before = readTree(pair.local);
    const session = await pair.start();
    await session.initialDone;
    rmSync(pair.remote, { recursive: true });
    await expect(session.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_ROOT_VANISHED'));
    expect(readTree(pair.local)).toEqual(before);
  });

  it('halts when one side is emptied', async () => {
    put(pair.local, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d${i % 7}/f${i}`, `${i}`])));
    const before = readTree(pair.local);
    const first = await pair.start();
    await first.initialDone;
    for (const name of readdirSync(pair.remote)) rmSync(join(pair.remote, name), { recursive: true });
    await expect(first.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_ROOT_EMPTIED'));
    expect(readTree(pair.local)).toEqual(before);
    // Also at the next start.
    const second = await pair.start();
    await expect(second.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_ROOT_EMPTIED'));
    expect(readTree(pair.local)).toEqual(before);
  });

  it('says so when the local folder is replaced while it connects', async () => {
    const open = openHere({ cwd: pair.remote });
    const starting = pair.start({
      open: async (command, signal) => {
        renameSync(pair.local, `${pair.local}-away`);
        mkdirSync(pair.local);
        return open(command, signal);
      },
    });
    await expect(starting).rejects.toSatisfy((error) => isFailure(error, 'SYNC_ROOT_VANISHED'));
  });

  it('halts when the local folder vanishes, with the remote files intact', async () => {
    put(pair.local, { 'a/b': '1', c: '2' });
    const session = await pair.start();
    await session.initialDone;
    const before = readTree(pair.remote);
    rmSync(pair.local, { recursive: true });
    await expect(session.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_ROOT_VANISHED'));
    expect(readTree(pair.remote)).toEqual(before);
  });

  it('leaves no process and no directory behind', async () => {
    put(pair.local, { a: '1' });
    const session = await pair.start();
    await session.initialDone;
    expect(readdirSync(pair.temporary)).toHaveLength(1);
    await session.stop();
    await session.done;
    expect(readdirSync(pair.temporary)).toEqual([]);
    for (const { pid } of pair.children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('says that the connection is lost when the helper is killed', async () => {
    const session = await pair.start();
    await session.initialDone;
    process.kill(pair.children[0]?.pid as number, 'SIGKILL');
    await expect(session.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_STREAM_LOST'));
  });

  it('rejects a missing folder on either side', async () => {
    await expect(pair.start({ remoteRoot: '/no/such/folder' })).rejects.toSatisfy((error) =>
      isFailure(error, 'SYNC_PATH_MISSING'),
    );
    await expect(pair.start({ localRoot: '/no/such/folder' })).rejects.toSatisfy((error) =>
      isFailure(error, 'SYNC_LOCAL_PATH_MISSING'),
    );
  });

  it.each(['/', '/proc', '/proc/self', '/sys/', '/tmp/..'])(
    'does not sync %s of a container',
    async (remoteRoot) => {
      put(pair.local, { 'a.txt': 'a' });
      await expect(pair.start({ remoteRoot })).rejects.toSatisfy((error) =>
        isFailure(error, 'SYNC_PATH_REFUSED'),
      );
      expect(Object.keys(readTree(pair.local))).toEqual(['a.txt']);
    },
  );

  it('passes by what cannot be synced, says so once, and never waits for it', async () => {
    put(pair.local, { 'a.txt': 'a' });
    put(pair.remote, { 'r.txt': 'r' });
    execFileSync('mkfifo', [join(pair.local, 'fifo'), join(pair.remote, 'pipe')]);
    symlinkSync('/etc/passwd', join(pair.remote, 'leak'));
    symlinkSync('../../outside', join(pair.local, 'out'));
    const session = await pair.start();
    await session.initialDone;
    await pair.equal({ ignore: /^(fifo|pipe|leak|out)$/ });
    const skipped = pair.events.filter((event) => event.type === 'warning').map((event) => event.subject);
    expect(skipped.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(['fifo', 'leak', 'out', 'pipe']);
    expect(Object.keys(readTree(pair.local)).toSorted()).toEqual(['a.txt', 'fifo', 'out', 'r.txt']);
  });

  it('sends a file that is still being written once it rests, whole', async () => {
    const session = await pair.start();
    await session.initialDone;
    for (let line = 0; line < 60; line++) {
      appendFileSync(join(pair.local, 'log'), `line ${line}\n`);
      appendFileSync(join(pair.remote, 'other log'), `line ${line}\n`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await pair.equal();
    expect(text(pair.remote, 'log').split('\n')).toHaveLength(61);
  });

  it('does not let large files hold up small ones', async () => {
    const session = await pair.start({ bandwidthLimits: { upload: 20_000 } });
    await session.initialDone;
    const order: string[] = [];
    writeFileSync(join(pair.local, 'large'), Buffer.alloc(12 * 1024 * 1024, 'x'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    put(pair.local, { small: 's' });
    await pair.until('both are there', () => {
      for (const name of ['small', 'large'])
        if (!order.includes(name) && existsSync(join(pair.remote, name))) order.push(name);
      return order.length === 2;
    });
    expect(order).toEqual(['small', 'large']);
    await pair.equal();
  });

  it.each(['up', 'down'] as const)('sends of a big file only what changed, %s', async (direction) => {
    const [from, to] = direction === 'up' ? [pair.local, pair.remote] : [pair.remote, pair.local];
    const old = randomBytes(8 * 1024 * 1024);
    put(from, { big: old });
    const moved = { bytes: 0 };
    const session = await pair.start({
      open: counted(openHere({ cwd: pair.remote, env: { TMPDIR: pair.temporary } }), moved),
    });
    await session.initialDone;
    const middle = 3_000_000;
    for (const [what, next] of [
      [
        'one byte changed',
        Buffer.concat([
          old.subarray(0, middle),
          Buffer.from([(old[middle] as number) ^ 1]),
          old.subarray(middle + 1),
        ]),
      ],
      ['an insertion', Buffer.concat([old.subarray(0, middle), randomBytes(1000), old.subarray(middle)])],
      ['the end cut off', old.subarray(0, middle)],
    ] as const) {
      moved.bytes = 0;
      writeFileSync(join(from, 'big'), next);
      await pair.until(`${what} arrives`, () => readFileSync(join(to, 'big')).equals(next), 15_000);
      expect(moved.bytes, what).toBeLessThan(64 * 1024);
    }
    await pair.equal();
  });

  it('keeps to the bandwidth', async () => {
    const session = await pair.start({ bandwidthLimits: { download: 1000 } });
    await session.initialDone;
    const began = performance.now();
    writeFileSync(join(pair.remote, 'f'), Buffer.alloc(600 * 1024, 'x'));
    await pair.equal();
    expect(performance.now() - began).toBeGreaterThan(400);
  });

  it('ends when the signal aborts', async () => {
    const abort = new AbortController();
    const session = await pair.start({ signal: abort.signal });
    abort.abort();
    await session.done;
    await pair.until('the helper has cleaned up', () => readdirSync(pair.temporary).length === 0);
  });

  it('takes what changed excludes hide for no deletion', async () => {
    put(pair.local, { 'a.log': 'log', b: 'b' });
    const first = await pair.start();
    await first.initialDone;
    await first.stop();
    const second = await pair.start({ excludePaths: ['*.log'] });
    await second.initialDone;
    await second.stop();
    rmSync(join(pair.remote, 'a.log'));
    const third = await pair.start();
    await third.initialDone;
    await pair.equal();
    expect(text(pair.remote, 'a.log')).toBe('log');
  });

  it.each([
    ['a path outside', [{ path: '../../evil', kind: 'file' }]],
    ['an absolute path', [{ path: '/tmp/evil', kind: 'file' }]],
  ])('stops when the container names %s', async (_, entries) => {
    put(pair.local, { a: 'a' });
    const evil = openEvil((message) => {
      if (message !== 'OPEN') return [];
      const body = new Writer().u8(1).uint(entries.length);
      for (const { path } of entries)
        body.observed(path, {
          kind: 'file',
          mode: 0o777,
          size: 4,
          mtime: { s: 1, ns: 0 },
          stamp: '0102030405060708',
        });
      return [
        frame(0x81, new Writer().text('/app').uint(1)),
        frame(0x83, new Writer().uint(0)),
        frame(0x82, body),
      ];
    });
    const started = pair.start({ open: evil }).then((session) => session.done);
    await expect(started).rejects.toSatisfy((error) => isFailure(error, 'SYNC_PROTOCOL'));
    expect(readTree(pair.local)).toEqual({ a: expect.any(String) });
  });

  it('stops when the container sends more than a file has', async () => {
    const evil = openEvil((message, id) => {
      if (message === 'GET') return [frame(0x8a, new Writer().uint(id).raw(Buffer.alloc(5)))];
      if (message !== 'OPEN') return [];
      const body = new Writer().u8(0).uint(1);
      body.observed('f', {
        kind: 'file',
        mode: 0o777,
        size: 4,
        mtime: { s: 1, ns: 0 },
        stamp: '0102030405060708',
      });
      return [
        frame(0x81, new Writer().text('/app').uint(1)),
        frame(0x82, body),
        frame(0x83, new Writer().uint(0)),
      ];
    });
    const session = await pair.start({ open: evil });
    await expect(session.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_PROTOCOL'));
    expect(readTree(pair.local)).toEqual({});
  });
});
