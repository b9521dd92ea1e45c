import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isFailure } from '../../../src/base/failure.js';
import { Trash } from '../../../src/sync/local/trash.js';
import { listTrash, momentsOf, newestOf, timeOf } from '../../../src/sync/trash/list.js';
import { restore } from '../../../src/sync/trash/restore.js';

let base: string;
let root: string;
let time: number;
let trash: Trash;
const at = (path: string) => join(root, path);
const put = (path: string, content: string) => {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), content);
};
/** Removes it as sync does, `later` ms after the last. */
const remove = (path: string, later = 1) => {
  time += later;
  return trash.move(path, 'removed');
};
const failure = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (isFailure(error)) return error.code;
    throw error;
  }
  return 'none';
};

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'devspace-restore-'));
  root = join(base, 'root');
  mkdirSync(root);
  time = Date.UTC(2026, 1, 3, 4, 5, 6);
  trash = new Trash(root, () => new Date(time));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('the list of the trash', () => {
  it('tells what, when and why, newest first', async () => {
    put('a', 'a');
    put('d/b', 'bb');
    remove('a');
    trash.copy('d/b', 'conflict');
    const listed = (await listTrash(root)).map(({ path, size, why }) => [path, size, why]);
    expect(listed).toEqual([
      ['a', 1, 'removed'],
      ['d/b', 2, 'conflict'],
    ]);
  });

  it('needs no journal, and leaves out broken lines of one and what is none of its own', async () => {
    put('a', 'a');
    put('b', 'b');
    remove('a');
    writeFileSync(at('.devspace/trash.jsonl'), '{"kept":1}\n{"kept":"x","why":"magic"}\n{"ke');
    mkdirSync(at('.devspace/trash/mine'));
    writeFileSync(at('.devspace/trash/mine/file'), '');
    writeFileSync(at('.devspace/trash/stray'), '');
    expect((await listTrash(root)).map(({ path, why }) => [path, why])).toEqual([['a', undefined]]);
    rmSync(at('.devspace/trash.jsonl'));
    expect((await listTrash(root)).map(({ path }) => path)).toEqual(['a']);
  });

  it('is empty where there is none, or where it is a link to elsewhere', async () => {
    expect(await listTrash(root)).toEqual([]);
    mkdirSync(join(base, 'outside/2026-02-03T04-05-06-000Z'), { recursive: true });
    writeFileSync(join(base, 'outside/2026-02-03T04-05-06-000Z/x'), '');
    mkdirSync(at('.devspace'));
    symlinkSync(join(base, 'outside'), at('.devspace/trash'));
    expect(await listTrash(root)).toEqual([]);
  });

  it('puts together what belongs together', async () => {
    for (const path of ['a', 'b', 'c', 'd']) put(path, path);
    remove('a');
    remove('b', 1500);
    remove('c', 1500);
    remove('d', 5000);
    const moments = momentsOf(await listTrash(root));
    expect(moments.map(({ items }) => items.map(({ path }) => path))).toEqual([['d'], ['c', 'b', 'a']]);
  });

  it('knows the newest version of a path', async () => {
    for (const content of ['1', '22', '333']) {
      put('a', content);
      remove('a');
    }
    expect(newestOf(await listTrash(root)).map(({ size }) => size)).toEqual([3]);
  });

  it.each([
    ['2026-02-03T04-05-06-007Z', '2026-02-03T04:05:06.007Z'],
    ['2026-02-03T04-05-06-007Z-12', '2026-02-03T04:05:06.007Z'],
    ['2026-02-33T04-05-06-007Z', undefined],
    ['yesterday', undefined],
  ])('%s is the time %s', (name, expected) => {
    expect(timeOf(name)?.toISOString()).toBe(expected);
  });
});

describe('bringing back', () => {
  const newest = async () => {
    const [item] = await listTrash(root);
    if (item === undefined) throw new Error('the trash is empty');
    return item;
  };

  it('restores content, mode and time, the folders above, and clears the trash away', async () => {
    put('deep/er/a', 'content');
    chmodSync(at('deep/er/a'), 0o750);
    utimesSync(at('deep/er/a'), 1_600_000_000, 1_600_000_000.5);
    const before = lstatSync(at('deep/er/a'));
    remove('deep/er/a');
    rmSync(at('deep'), { recursive: true });
    expect(restore(await newest(), trash).displaced).toBeUndefined();
    const after = lstatSync(at('deep/er/a'));
    expect(readFileSync(at('deep/er/a'), 'utf8')).toBe('content');
    expect([after.mode, after.mtimeMs]).toEqual([before.mode, before.mtimeMs]);
    expect(existsSync(at('.devspace/trash'))).toBe(false);
    expect(await listTrash(root)).toEqual([]);
  });

  it('restores a symlink as one', async () => {
    symlinkSync('nowhere', at('l'));
    remove('l');
    restore(await newest(), trash);
    expect(readlinkSync(at('l'))).toBe('nowhere');
  });

  it('moves what is there now to the trash, so that it can be undone itself', async () => {
    put('a', 'old');
    remove('a');
    put('a', 'new');
    time += 10_000;
    const { displaced } = restore(await newest(), trash);
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readFileSync(at(displaced ?? ''), 'utf8')).toBe('new');
    time += 10_000;
    const again = await newest();
    expect([again.path, again.why]).toEqual(['a', 'undo']);
    restore(again, trash);
    expect(readFileSync(at('a'), 'utf8')).toBe('new');
  });

  it('keeps a directory that took its place, too', async () => {
    put('a', 'file');
    remove('a');
    put('a/b/c', 'inside');
    time += 10_000;
    restore(await newest(), trash);
    expect(readFileSync(at('a'), 'utf8')).toBe('file');
    expect((await listTrash(root)).map(({ path, why }) => [path, why])).toEqual([['a/b/c', 'undo']]);
  });

  it('takes the place of an empty directory', async () => {
    put('a', 'file');
    remove('a');
    mkdirSync(at('a'));
    expect(restore(await newest(), trash).displaced).toBeUndefined();
    expect(readFileSync(at('a'), 'utf8')).toBe('file');
  });

  it('goes through no symlink, and out of no root', async () => {
    mkdirSync(join(base, 'outside'));
    put('d/a', 'content');
    remove('d/a');
    rmSync(at('d'), { recursive: true });
    symlinkSync(join(base, 'outside'), at('d'));
    const item = await newest();
    expect(failure(() => restore(item, trash))).toBe('SYNC_UNSAFE_PATH');
    expect(existsSync(join(base, 'outside/a'))).toBe(false);
    expect(failure(() => restore({ ...item, path: '../outside/a' }, trash))).toBe('SYNC_UNSAFE_PATH');
    expect(failure(() => restore({ ...item, path: '.devspace/x' }, trash))).toBe('SYNC_UNSAFE_PATH');
    expect(readFileSync(at(item.kept), 'utf8')).toBe('content');
  });

  it('leaves everything as it is where a file is in the way above', async () => {
    put('d/a', 'content');
    remove('d/a');
    rmSync(at('d'), { recursive: true });
    put('d', 'in the way');
    const item = await newest();
    expect(failure(() => restore(item, trash))).toBe('SYNC_FILE_CHANGED');
    expect(readFileSync(at('d'), 'utf8')).toBe('in the way');
    expect(readFileSync(at(item.kept), 'utf8')).toBe('content');
  });

  it('says so when it is gone', async () => {
    put('a', 'a');
    remove('a');
    const item = await newest();
    rmSync(at(item.kept));
    put('a', 'now');
    expect(failure(() => restore(item, trash))).toBe('SYNC_FILE_CHANGED');
    expect(readFileSync(at('a'), 'utf8')).toBe('now');
  });
});
