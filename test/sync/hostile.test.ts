import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { isFailure } from '../../src/base/failure.js';
import type { Observed } from '../../src/sync/core/entry.js';
import { protocolVersion } from '../../src/sync/wire/messages.js';
import { Writer } from '../../src/sync/wire/values.js';
import { frame, openEvil } from './evil.js';
import { helperMissing, pairForEachTest, type Pair, put, readTree } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`hostile containers are not tested: ${missing}`);

const stamp = '0102030405060708';
const file = (path: string, size = 4, mode = 0o644): Observed => ({
  path,
  kind: 'file',
  mode,
  size,
  mtime: { s: 1_700_000_000, ns: 0 },
  stamp,
});

const entries = (source: 0 | 1, list: readonly Observed[]): Buffer => {
  const body = new Writer().u8(source).uint(list.length);
  for (const { path, ...entry } of list) body.observed(path, entry);
  return frame(0x82, body);
};
const opened = frame(0x81, new Writer().text('/app').uint(1));
const scanned = (id: number) => frame(0x83, new Writer().uint(id));
const listing = (...list: Observed[]) => [opened, entries(0, list), scanned(0)];
const content = (id: number, bytes: Buffer) => frame(0x8a, new Writer().uint(id).raw(bytes));
const end = (id: number, bytes: Buffer, { path, ...entry }: Observed, hash?: string) =>
  frame(
    0x8b,
    new Writer()
      .uint(id)
      .hex(hash ?? createHash('sha256').update(bytes).digest('hex'))
      .observed(path, entry),
  );

describe.skipIf(missing)('a hostile container', { timeout: 30_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  const outside = () => readdirSync(dirname(pair.local)).toSorted();

  /** It answers every GET with "evil". */
  const serving = (...list: Observed[]) =>
    openEvil((request, id) => {
      if (request === 'OPEN') return listing(...list);
      const first = list.find((one) => one.kind === 'file');
      if (request === 'GET' && first)
        return [content(id, Buffer.from('evil')), end(id, Buffer.from('evil'), first)];
      return request === 'SCAN' ? [entries(0, list), scanned(id)] : [];
    });

  const endsWith = async (code: string, answer: Parameters<typeof openEvil>[0], options = {}) => {
    const started = pair.start({ open: openEvil(answer), ...options }).then((session) => session.done);
    await expect(started).rejects.toSatisfy((error) => isFailure(error, code));
  };

  it('cannot have a file written through a symlink of its own', async () => {
    const before = outside();
    const link: Observed = { path: 'd', kind: 'symlink', target: '..', stamp };
    const session = await pair.start({ open: serving(file('d/evil'), link) });
    await session.initialDone;
    await session.stop();
    expect(outside()).toEqual(before.concat('state').toSorted());
    expect(lstatSync(join(pair.local, 'd')).isDirectory()).toBe(true);
  });

  it('cannot have a file written through a symlink that is here', async () => {
    const elsewhere = join(dirname(pair.local), 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync('../elsewhere', join(pair.local, 'd'));
    const directory: Observed = { path: 'd', kind: 'directory', mode: 0o755, stamp };
    const session = await pair.start({ open: serving(directory, file('d/evil')) });
    await session.initialDone;
    await session.stop();
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('cannot have a device made, nor setuid bits set', async () => {
    const device: Observed = { path: 'dev', kind: 'other', what: 'device' };
    const session = await pair.start({ open: serving(device, file('run', 4, 0o6777)) });
    await session.initialDone;
    await session.stop();
    expect(Object.keys(readTree(pair.local))).toEqual(['run']);
    expect(lstatSync(join(pair.local, 'run')).mode & 0o7777).toBe(0o777);
  });

  it('cannot list without end', async () => {
    let count = 0;
    await endsWith(
      'SYNC_TOO_MANY_FILES',
      (request) => {
        if (request !== 'OPEN') return [];
        const frames = Array.from({ length: 60 }, () =>
          entries(
            0,
            Array.from({ length: 1000 }, () => file(`f${count++}`)),
          ),
        );
        return [opened, ...frames];
      },
      { mostPaths: 50_000 },
    );
  });

  it('cannot invent changes without end', async () => {
    let count = 0;
    await endsWith(
      'SYNC_TOO_MANY_FILES',
      (request) => {
        if (request !== 'OPEN') return [];
        const frames = Array.from({ length: 60 }, () =>
          entries(
            1,
            Array.from({ length: 1000 }, () => file(`f${count++}`)),
          ),
        );
        return [...listing(), ...frames];
      },
      { mostPaths: 50_000 },
    );
  });

  it.each([
    ['a frame that is too long', Buffer.from('ffffffff82', 'hex')],
    ['a frame without a type', Buffer.from('00000000', 'hex')],
    ['an answer to nothing', frame(0x85, new Writer().uint(77).observed('x', { kind: 'absent' }))],
    ['an answer to many files nobody sent', frame(0x87, new Writer().uint(77).uint(1).text('no'))],
    ['content nobody asked for', content(77, Buffer.from('x'))],
    ['the end of a scan nobody asked for', scanned(77)],
    ['a second HELLO', frame(0x80, new Writer().uint(protocolVersion).text('linux').text('amd64').uint(1))],
    ['a number that is cut off', Buffer.from('000000028380', 'hex')],
  ])('is left for %s', async (_, bytes) => {
    put(pair.local, { a: 'a' });
    await endsWith('SYNC_PROTOCOL', (request) => (request === 'OPEN' ? [...listing(), bytes] : []));
    expect(readFileSync(join(pair.local, 'a'), 'utf8')).toBe('a');
  });

  it.each([
    [
      'more files than were sent',
      (id: number) => frame(0x87, new Writer().uint(id).uint(1).text('a').uint(1).text('b')),
    ],
    ['one of them', (id: number) => frame(0x86, new Writer().uint(id).uint(3).text('a'))],
    ['something else', (id: number) => frame(0x85, new Writer().uint(id).observed('', { kind: 'absent' }))],
  ])('is left when it answers for many files as for %s', async (_, answer) => {
    put(pair.local, { a: 'a' });
    const { ctimeMs } = lstatSync(join(pair.local, 'a'));
    await pair.until('it is old enough to go with others', () => Date.now() > ctimeMs + 20);
    await endsWith('SYNC_PROTOCOL', (request, id) => {
      if (request === 'OPEN') return listing();
      return request === 'PUTS' ? [answer(id)] : [];
    });
    expect(readFileSync(join(pair.local, 'a'), 'utf8')).toBe('a');
  });

  it('cannot pass wrong content for right', async () => {
    const right = file('f');
    let asked = 0;
    const open = openEvil((request, id) => {
      if (request === 'OPEN') return listing(right);
      if (request === 'SCAN') return [entries(0, [right]), scanned(id)];
      if (request !== 'GET') return [];
      asked++;
      return [content(id, Buffer.from('evil')), end(id, Buffer.from('evil'), right, 'ab'.repeat(32))];
    });
    const session = await pair.start({ open });
    await pair.until('it tried twice', () => asked >= 2);
    await session.stop();
    expect(readTree(pair.local)).toEqual({});
  });

  it('cannot send more sums than a file has blocks', async () => {
    const size = 1024 * 1024;
    const old = randomBytes(size);
    put(pair.local, { big: old });
    // The first session makes both equal; then the container says that it changed.
    put(pair.remote, { big: old });
    const good = await pair.start();
    await good.initialDone;
    await good.stop();
    await endsWith('SYNC_PROTOCOL', (request, id) => {
      if (request === 'OPEN')
        return [
          frame(0x81, new Writer().text(pair.remote).uint(1)),
          entries(0, [file('big', size + 1)]),
          scanned(0),
        ];
      return request === 'SIGN' ? [content(id, Buffer.alloc(200_000))] : [];
    });
    expect(readFileSync(join(pair.local, 'big')).equals(old)).toBe(true);
  });

  it('cannot hold up the end by a frame that never ends', async () => {
    const session = await pair.start({
      open: openEvil((request) =>
        request === 'OPEN' ? [...listing(), Buffer.from('000fffff82', 'hex')] : [],
      ),
    });
    await session.initialDone;
    const began = performance.now();
    await session.stop();
    expect(performance.now() - began).toBeLessThan(6000);
  });

  it('cannot make us change kinds faster than we like', async () => {
    const kinds: Observed[] = [
      { path: 'x', kind: 'directory', mode: 0o755, stamp },
      file('x'),
      { path: 'x', kind: 'symlink', target: 'y', stamp },
      { path: 'x', kind: 'absent' },
    ];
    const flips = Array.from({ length: 2000 }, (_, turn) => entries(1, [kinds[turn % 4] as Observed]));
    const open = openEvil((request, id) => {
      if (request === 'OPEN') return [...listing(), ...flips];
      if (request === 'GET')
        return [...flips.slice(0, 40), frame(0x86, new Writer().uint(id).uint(1).text('x: changed'))];
      return request === 'SCAN'
        ? [...flips.slice(0, 40), entries(0, [{ path: 'x', kind: 'absent' }]), scanned(id)]
        : [];
    });
    const session = await pair.start({ open });
    await session.initialDone;
    await session.stop();
    expect(outside()).toEqual(['local', 'remote', 'state', 'tmp']);
  });
});
