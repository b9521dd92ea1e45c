import { lstat, mkdir, readFile, readdir, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAtomic } from '../../src/state/atomic-write.js';
import { tempFolder } from './temp-folder.js';

describe('writeAtomic', () => {
  it('creates a file with the mode asked for', async () => {
    await using folder = await tempFolder();
    await writeAtomic(join(folder.path, 'a'), 'text', { mode: 0o600 });
    expect(await readFile(join(folder.path, 'a'), 'utf8')).toBe('text');
    expect((await stat(join(folder.path, 'a'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder.path)).toEqual(['a']);
  });

  it('keeps the mode of a file that is there, and puts a new file in its place', async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'a');
    await writeFile(file, 'old', { mode: 0o640 });
    const { ino } = await stat(file);
    await writeAtomic(file, 'new');
    const now = await stat(file);
    expect([now.mode & 0o777, now.ino === ino, await readFile(file, 'utf8')]).toEqual([0o640, false, 'new']);
  });

  it('writes through a symlink', async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, 'real'));
    await writeFile(join(folder.path, 'real/a'), 'old');
    await symlink('real/a', join(folder.path, 'link'));
    await writeAtomic(join(folder.path, 'link'), 'new');
    expect((await lstat(join(folder.path, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readlink(join(folder.path, 'link'))).toBe('real/a');
    expect(await readFile(join(folder.path, 'real/a'), 'utf8')).toBe('new');
  });

  it('leaves nothing behind when it fails', async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, 'a'));
    await expect(writeAtomic(join(folder.path, 'a'), 'text')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(folder.path)).toEqual(['a']);
  });

  it('never shows half a file to a reader', async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, 'a');
    const contents = ['x'.repeat(200_000), 'y'.repeat(100_000)];
    await writeAtomic(file, contents[0] ?? '');
    const writing = (async () => {
      for (let round = 0; round < 30; round++) await writeAtomic(file, contents[round % 2] ?? '');
      return 'done';
    })();
    let reads = 0;
    for (let state: string | undefined; state !== 'done'; reads++) {
      expect(contents).toContain(await readFile(file, 'utf8'));
      state = await Promise.race([writing, Promise.resolve(undefined)]);
    }
    expect(reads).toBeGreaterThan(1);
  });
});
