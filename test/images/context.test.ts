import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashContext } from '../../src/images/context-hash.js';
import { listContext, readIgnoreRules } from '../../src/images/context.js';
import { openFileHashes } from '../../src/images/file-hashes.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'devspace-context-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

async function paths(dockerfile = 'Dockerfile'): Promise<string[]> {
  const { rules } = readIgnoreRules(dir, join(dir, dockerfile));
  return (await listContext(dir, rules)).map((entry) => entry.path);
}

async function hash(): Promise<string> {
  const dockerfile = join(dir, 'Dockerfile');
  mkdirSync(join(dir, '.devspace'), { recursive: true });
  const hashes = openFileHashes(join(dir, '.devspace/context.json'));
  const entries = await listContext(dir, readIgnoreRules(dir, dockerfile).rules);
  const result = await hashContext(dir, entries, hashes);
  await hashes.save();
  return result;
}

describe('listContext', () => {
  it('takes everything but our own folder', async () => {
    write({
      Dockerfile: '',
      'src/a.js': '',
      '.devspace/logs/x.log': '',
      '.git/HEAD': '',
      'sub/.devspace/y': '',
    });
    mkdirSync(join(dir, 'empty'));
    symlinkSync('../elsewhere', join(dir, 'link'));
    expect(await paths()).toEqual([
      '.git',
      '.git/HEAD',
      'Dockerfile',
      'empty',
      'link',
      'src',
      'src/a.js',
      'sub',
    ]);
  });

  it('takes a folder in which something is kept, but not our own', async () => {
    write({
      '.dockerignore': '*\n!keep/deep/file\n!.devspace',
      'docker/Dockerfile': '',
      'keep/deep/file': '',
      'keep/deep/other': '',
      'keep/none/x': '',
      'other/x': '',
      '.devspace/x': '',
    });
    expect(await paths('docker/Dockerfile')).toEqual(['keep', 'keep/deep', 'keep/deep/file']);
  });

  it('prefers the ignore file of the Dockerfile', async () => {
    write({ Dockerfile: '', '.dockerignore': 'a', 'Dockerfile.dockerignore': 'b', a: '', b: '' });
    expect(await paths()).toEqual(['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'a']);
  });

  it('says which context is missing', async () => {
    const gone = join(dir, 'gone');
    const { rules } = readIgnoreRules(gone, join(gone, 'Dockerfile'));
    await expect(listContext(gone, rules)).rejects.toMatchObject({
      code: 'CONTEXT_MISSING',
      subject: gone,
    });
  });
});

describe('hashContext', () => {
  const base = { Dockerfile: 'FROM scratch', 'src/a.js': 'a', 'src/b.js': 'b', '.dockerignore': '*.log' };

  it.each<[string, () => void, boolean]>([
    ['nothing', () => {}, false],
    ['a touch', () => utimesSync(join(dir, 'src/a.js'), 1, 1), false],
    ['an ignored file', () => write({ 'x.log': 'x' }), false],
    ['our own files', () => write({ '.devspace/x': 'x' }), false],
    ['content of the same size', () => write({ 'src/a.js': 'A' }), true],
    ['a new file', () => write({ 'src/c.js': 'c' }), true],
    ['a file removed', () => rmSync(join(dir, 'src/b.js')), true],
    ['a new empty folder', () => mkdirSync(join(dir, 'empty')), true],
    ['a permission', () => chmodSync(join(dir, 'src/a.js'), 0o755), true],
  ])('%s: changed %#', async (_, change, expected) => {
    write(base);
    const before = await hash();
    change();
    expect((await hash()) !== before).toBe(expected);
  });

  it('sees an edit that keeps size and modification time', async () => {
    write(base);
    const file = join(dir, 'src/a.js');
    utimesSync(file, 1000, 1000);
    const before = await hash();
    write({ 'src/a.js': 'Z' });
    utimesSync(file, 1000, 1000);
    expect(statSync(file).mtimeMs).toBe(1_000_000);
    expect(await hash()).not.toBe(before);
  });
});

describe('openFileHashes', () => {
  const stat = { size: 1n, mtimeNs: 5n, ctimeNs: 5n, ino: 9n };

  it('does not read a file again that looks as before', async () => {
    write({ a: 'a' });
    const store = join(dir, 'hashes.json');
    const first = openFileHashes(store);
    const real = { ...statSync(join(dir, 'a'), { bigint: true }), ...stat };
    const value = await first.hash(join(dir, 'a'), real);
    await first.save();
    rmSync(join(dir, 'a'));
    const second = openFileHashes(store);
    expect(await second.hash(join(dir, 'a'), real)).toBe(value);
    await expect(second.hash(join(dir, 'a'), { ...real, mtimeNs: 6n })).rejects.toThrow('ENOENT');
  });

  it('does not trust the stamp of a file changed just now', async () => {
    write({ a: 'a' });
    const young = statSync(join(dir, 'a'), { bigint: true });
    const store = join(dir, 'hashes.json');
    const first = openFileHashes(store);
    await first.hash(join(dir, 'a'), young);
    await first.save();
    rmSync(join(dir, 'a'));
    await expect(openFileHashes(store).hash(join(dir, 'a'), young)).rejects.toThrow('ENOENT');
  });

  it('starts anew from a broken store', async () => {
    write({ a: 'a', 'hashes.json': '{"a":' });
    const hashes = openFileHashes(join(dir, 'hashes.json'));
    expect(await hashes.hash(join(dir, 'a'), statSync(join(dir, 'a'), { bigint: true }))).toHaveLength(43);
  });
});
