import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listContext, readIgnoreRules } from '../../src/images/context.js';
import { tarContext, type ExtraFile } from '../../src/images/tar.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'devspace-tar-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

async function roundTrip(extra: ExtraFile[] = []): Promise<string> {
  const entries = await listContext(dir, readIgnoreRules(dir, '').rules);
  const chunks: Buffer[] = [];
  for await (const chunk of tarContext(dir, entries, extra)) chunks.push(chunk);
  const archive = Buffer.concat(chunks);
  expect(archive.length % 512).toBe(0);
  const out = join(dir, '.devspace/out');
  mkdirSync(out, { recursive: true });
  // The machine's own tar is the judge.
  execFileSync('tar', ['-xf', '-', '-C', out], { input: archive });
  return out;
}

it('carries files, folders, links, permissions, long and foreign names', async () => {
  const long = 'n'.repeat(90);
  mkdirSync(join(dir, long, long), { recursive: true });
  writeFileSync(join(dir, long, long, 'ä ö\n'), 'deep');
  writeFileSync(join(dir, 'exact'), 'x'.repeat(512));
  writeFileSync(join(dir, 'empty'), '');
  writeFileSync(join(dir, 'run.sh'), '#!', { mode: 0o755 });
  writeFileSync(join(dir, 'big'), Buffer.alloc(1_500_001, 7));
  mkdirSync(join(dir, 'hollow'));
  symlinkSync('t'.repeat(150), join(dir, 'link'));
  const out = await roundTrip();
  expect(
    execFileSync('diff', ['-r', '--no-dereference', '--exclude=.devspace', dir, out], { encoding: 'utf8' }),
  ).toBe('');
  const list = execFileSync('find', [out, '-name', 'run.sh', '-perm', '755'], { encoding: 'utf8' });
  expect(list).toContain('run.sh');
});

it('puts in files that are not on disk', async () => {
  writeFileSync(join(dir, 'Dockerfile'), 'FROM old');
  writeFileSync(join(dir, 'a'), 'a');
  const out = await roundTrip([
    { path: 'Dockerfile', content: 'FROM new' },
    { path: '.devspace/x', content: 'ü' },
  ]);
  expect(readFileSync(join(out, 'Dockerfile'), 'utf8')).toBe('FROM new');
  expect(readFileSync(join(out, '.devspace/x'), 'utf8')).toBe('ü');
  expect(readFileSync(join(out, 'a'), 'utf8')).toBe('a');
});

it('stays readable when a file changes its size meanwhile', async () => {
  for (const [name, size] of [
    ['small', 1000],
    ['large', 2_000_000],
  ] as const)
    writeFileSync(join(dir, name), 'x'.repeat(size));
  writeFileSync(join(dir, 'z'), 'last');
  const entries = await listContext(dir, readIgnoreRules(dir, '').rules);
  writeFileSync(join(dir, 'small'), 'grown'.repeat(1000));
  writeFileSync(join(dir, 'large'), 'shrunk');
  const chunks: Buffer[] = [];
  for await (const chunk of tarContext(dir, entries)) chunks.push(chunk);
  const list = execFileSync('tar', ['-tvf', '-'], { input: Buffer.concat(chunks), encoding: 'utf8' });
  expect(list).toMatch(/ 2000000 .* large\n.* 1000 .* small\n.* 4 .* z\n/);
});
