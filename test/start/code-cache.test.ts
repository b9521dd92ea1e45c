import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodeCache } from '../../src/start/code-cache.js';

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'devspace-code-'));
  root = join(folder, 'devspace', 'code');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const data = Buffer.from('compiled');
const onlyFile = (): string => {
  const [build = ''] = readdirSync(root);
  return join(root, build, 'dev');
};

describe('the code cache', () => {
  it('gives back what was kept for a command, wherever the command stands', () => {
    new CodeCache(root, 'one').keep('dev', data);
    new CodeCache(root, 'one').keep('enter', Buffer.from('other'));
    expect(new CodeCache(root, 'one').find(['-n', 'space', 'dev', 'enter'])).toEqual({
      command: 'dev',
      data,
    });
    expect(new CodeCache(root, 'one').find(['enter'])?.data.toString()).toBe('other');
  });

  it('gives that of another command only for help', () => {
    new CodeCache(root, 'one').keep('dev', data);
    expect(new CodeCache(root, 'one').find(['logs'])).toBeUndefined();
    expect(new CodeCache(root, 'one').find(['logs', '--help'])).toEqual({ command: 'dev', data });
  });

  it('knows nothing of another build', () => {
    new CodeCache(root, 'one').keep('dev', data);
    expect(new CodeCache(root, 'two').find(['dev'])).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('is for the user alone', () => {
    new CodeCache(root, 'one').keep('dev', data);
    expect(statSync(root).mode & 0o777).toBe(0o700);
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['is empty', () => Buffer.alloc(0)],
    ['has a wrong byte', (bytes: Buffer) => (bytes.writeUInt8(0, 6), bytes)],
  ])('does not trust a file that %s', (_, damage) => {
    new CodeCache(root, 'one').keep('dev', data);
    writeFileSync(onlyFile(), damage(readFileSync(onlyFile())));
    expect(new CodeCache(root, 'one').find(['dev'])).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('does not trust what others may write', () => {
    new CodeCache(root, 'one').keep('dev', data);
    const find = () => new CodeCache(root, 'one').find(['dev']);
    for (const path of [root, join(onlyFile(), '..'), onlyFile()]) {
      const { mode } = statSync(path);
      chmodSync(path, mode | 0o020);
      expect(find()).toBeUndefined();
      chmodSync(path, mode);
      expect(find()).toBeDefined();
    }
  });

  it.skipIf(process.getuid?.() !== 0)(
    '[as root] neither reads nor leaves anything in a home of another user',
    () => {
      chownSync(folder, 65_534, 65_534);
      new CodeCache(root, 'one').keep('dev', data);
      expect(readdirSync(folder)).toEqual([]);

      chownSync(folder, 0, 0);
      new CodeCache(root, 'one').keep('dev', data);
      chownSync(onlyFile(), 65_534, 65_534);
      expect(new CodeCache(root, 'one').find(['dev'])).toBeUndefined();
    },
  );

  it('does nothing where it cannot write', () => {
    mkdirSync(join(folder, 'devspace'));
    writeFileSync(root, 'a file is in the way');
    new CodeCache(root, 'one').keep('dev', data);
    expect(new CodeCache(root, 'one').find(['dev'])).toBeUndefined();
    expect(readFileSync(root, 'utf8')).toBe('a file is in the way');
  });

  it('forgets the builds that were written longest ago', () => {
    const kept = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const [age, build] of kept.entries()) {
      new CodeCache(root, build).keep('dev', data);
      const name = readdirSync(root).find((one) => one.startsWith(`${build}-`)) ?? '';
      utimesSync(join(root, name), age, age);
    }
    const found = kept.filter((build) => new CodeCache(root, build).find(['dev']));
    expect(found).toEqual(['c', 'd', 'e', 'f']);
  });
});
