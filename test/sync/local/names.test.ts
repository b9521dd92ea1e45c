import {
  chmodSync,
  statSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { exactTraits } from '../../../src/sync/core/naming.js';
import { probeTraits } from '../../../src/sync/local/traits.js';
import { exfatMissing, mountExfat } from '../mounts.js';
import { helperMissing, pairForEachTest, type Pair, put, readTrash, readTree } from '../rig.js';

const missing = helperMissing() ?? exfatMissing();
if (missing) console.log(`a file system that takes A and a for one name is not tested: ${missing}`);

describe.skipIf(process.platform !== 'linux')('the probe of the local file system', () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  it('finds that everything is kept on the usual one, and leaves nothing behind', () => {
    expect(probeTraits(pair.local)).toEqual(exactTraits);
    expect(readdirSync(pair.local)).toEqual([]);
    put(pair.local, { '.devspace/kept': '' });
    probeTraits(pair.local);
    expect(readdirSync(join(pair.local, '.devspace'))).toEqual(['kept']);
  });

  it('assumes the usual of the platform where it cannot write', () => {
    const none = join(pair.local, 'file');
    put(pair.local, { file: '' });
    expect(probeTraits(none, 'linux')).toEqual(exactTraits);
    expect(probeTraits(none, 'darwin').naming).toMatchObject({ caseInsensitive: true, windows: false });
    expect(probeTraits(none, 'win32')).toMatchObject({ modeless: true, linkless: true });
  });
});

describe.skipIf(missing)('on exFAT', { timeout: 60_000 }, () => {
  let pair: Pair;
  let mount: Disposable;
  pairForEachTest((fresh) => (pair = fresh));
  beforeEach(() => {
    mount = mountExfat(pair.local, join(dirname(pair.local), 'image'));
  });
  afterEach(() => mount[Symbol.dispose]());

  const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
  const skipped = () =>
    pair.events
      .flatMap((event) => (event.type === 'sync-problem' && event.state === 'found' ? [event.path] : []))
      .toSorted();
  const paths = (root: string) => Object.keys(readTree(root)).toSorted();

  it('the probe finds what is not kept', () => {
    expect(probeTraits(pair.local)).toMatchObject({
      naming: { caseInsensitive: true, formInsensitive: false, decomposes: false, windows: true },
      modeless: true,
      linkless: true,
    });
    expect(readdirSync(pair.local)).toEqual([]);
  });

  it('of two names that are one here the first is synced, the other left alone and told once', async () => {
    put(pair.remote, { README: 'upper', readme: 'lower', 'Dir/a': '1', 'dir/b': '2', 'wh?t': 'x', ok: 'ok' });
    symlinkSync('ok', join(pair.remote, 'link'));
    const session = await pair.start();
    await session.initialDone;
    expect(paths(pair.local)).toEqual(['Dir', 'Dir/a', 'README', 'ok']);
    expect(text(pair.local, 'README')).toBe('upper');
    expect(skipped()).toEqual(['dir', 'link', 'readme', 'wh?t']);
    put(pair.remote, { readme: 'edited', 'dir/c': '3', README: 'edited upper' });
    await pair.until('README arrives', () => text(pair.local, 'README') === 'edited upper');
    put(pair.local, { README: 'from here', 'Dir/new': 'n' });
    await pair.until('it goes up', () => existsSync(join(pair.remote, 'Dir/new')));
    await pair.until('README goes up', () => text(pair.remote, 'README') === 'from here');
    expect(text(pair.remote, 'readme')).toBe('edited');
    expect(text(pair.remote, 'dir/b')).toBe('2');
    expect(paths(pair.local)).toEqual(['Dir', 'Dir/a', 'Dir/new', 'README', 'ok']);
    expect(skipped()).toEqual(['dir', 'link', 'readme', 'wh?t']);
    await session.stop();
    // The next start leaves them alone, too.
    const again = await pair.start();
    await again.initialDone;
    expect(text(pair.remote, 'readme')).toBe('edited');
    expect(text(pair.local, 'README')).toBe('from here');
  });

  it('a rename by case only arrives as one, on either side', async () => {
    put(pair.local, { 'Foo.txt': 'foo', 'Sub/x': 'x', other: 'o' });
    const session = await pair.start();
    await session.initialDone;
    renameSync(join(pair.local, 'Foo.txt'), join(pair.local, 'foo.txt'));
    renameSync(join(pair.local, 'Sub'), join(pair.local, 'sub'));
    await pair.until('the names are there', () => paths(pair.remote).join() === 'foo.txt,other,sub,sub/x');
    renameSync(join(pair.remote, 'foo.txt'), join(pair.remote, 'FOO.txt'));
    renameSync(join(pair.remote, 'sub'), join(pair.remote, 'SUB'));
    await pair.until('the names are here', () => paths(pair.local).join() === 'FOO.txt,SUB,SUB/x,other');
    expect(text(pair.local, 'FOO.txt')).toBe('foo');
    expect(text(pair.local, 'SUB/x')).toBe('x');
    expect(paths(pair.remote)).toEqual(['FOO.txt', 'SUB', 'SUB/x', 'other']);
    expect(readTrash(pair.local)).toEqual({ 'foo.txt': 'foo', 'sub/x': 'x' });
    expect(skipped()).toEqual([]);
  });

  it('modes of the container stay as they are', async () => {
    put(pair.remote, { run: '#!' });
    chmodSync(join(pair.remote, 'run'), 0o750);
    const session = await pair.start();
    await session.initialDone;
    put(pair.local, { run: '#! edited', 'new/file': 'n' });
    await pair.until('the edit arrives', () => text(pair.remote, 'run') === '#! edited');
    await pair.until('the new one arrives', () => existsSync(join(pair.remote, 'new/file')));
    const mode = (path: string) => statSync(join(pair.remote, path)).mode & 0o777;
    expect([mode('run'), mode('new/file'), mode('new')]).toEqual([0o750, 0o644, 0o755]);
    rmSync(join(pair.local, 'new'), { recursive: true });
    mkdirSync(join(pair.local, 'empty'));
    await pair.until('the directories are as here', () => paths(pair.remote).join() === 'empty,run');
  });

  it('nothing of sync itself is reached by another spelling', async () => {
    put(pair.remote, { '.DevSpace/trash/x': 'evil', 'ok.txt': 'ok' });
    const session = await pair.start();
    await session.initialDone;
    await pair.until('ok is here', () => existsSync(join(pair.local, 'ok.txt')));
    expect(existsSync(join(pair.local, '.devspace/trash/x'))).toBe(false);
    expect(skipped()).toEqual(['.DevSpace']);
  });
});
