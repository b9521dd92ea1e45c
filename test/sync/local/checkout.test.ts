import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { Checkout } from '../../../src/sync/local/checkout.js';
import { helperMissing, pairForEachTest, type Pair, put, readTrash, readTree } from '../rig.js';

const missing = helperMissing() ?? gitMissing();
if (missing) console.log(`syncing git checkouts is not tested: ${missing}`);

function gitMissing(): string | undefined {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'git is not installed';
  }
}

// Enough for a burst that is followed by a look at everything.
const files = 1800;
const fewer = 600;

describe.skipIf(missing)('git at work in the synced folder', { timeout: 240_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: pair.local,
      stdio: 'pipe',
    });
  /** Leaves this process free to sync meanwhile. */
  const gitBeside = (...args: string[]) =>
    new Promise<void>((resolve, reject) => {
      const child = spawn('git', args, { cwd: pair.local, stdio: 'ignore' });
      child.on('error', reject);
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`git ${args.join(' ')}: ${code}`)),
      );
    });
  const nameOf = (branch: string, i: number) =>
    // A tenth is the same in both, a tenth is only in one, in directories of its own.
    i % 10 === 0 ? `${branch}-only/d${i % 7}/f${i}` : `src/d${i % 50}/f${i}`;
  const contentOf = (branch: string, i: number) =>
    i % 10 === 1 ? `same ${i}` : `${branch} ${i}\n`.repeat(1 + (i % 40));
  const fill = (branch: string, count: number) =>
    put(
      pair.local,
      Object.fromEntries(Array.from({ length: count }, (_, i) => [nameOf(branch, i), contentOf(branch, i)])),
    );
  /** Two branches, `one` checked out, both sides equal. */
  const begin = async (count: number) => {
    git('init', '-q', '-b', 'one');
    writeFileSync(join(pair.local, '.gitignore'), 'dist/\nlog.txt\n.devspace/\n');
    fill('one', count);
    git('add', '-A');
    git('commit', '-qm', 'one');
    git('checkout', '-qb', 'two');
    git('rm', '-rq', 'one-only');
    fill('two', count);
    git('add', '-A');
    git('commit', '-qm', 'two');
    git('checkout', '-q', 'one');
    const session = await pair.start({ excludePaths: ['.git', 'dist/'] });
    await session.initialDone;
    return session;
  };
  const equal = () => pair.equal({ within: 30_000, ignore: /^\.git$|(^|\/)dist$|^one-only(\/d0)?$/ });
  const conflicts = () => pair.events.filter((event) => event.type === 'sync-conflict').length;
  const status = () => git('status', '--porcelain').toString();

  it('arrives whole, back and forth, and artefacts of the container stay', async () => {
    await begin(files);
    put(pair.remote, { 'one-only/d0/dist/excluded.js': 'built', 'log.txt': 'known to both' });
    await equal();
    for (const branch of ['two', 'one']) {
      await gitBeside('checkout', '-q', branch);
      await equal();
      expect(readFileSync(join(pair.remote, 'src/d2/f2'), 'utf8')).toBe(contentOf(branch, 2));
      expect(existsSync(join(pair.remote, `${branch}-only/d0/f0`))).toBe(true);
    }
    expect(readFileSync(join(pair.remote, 'one-only/d0/dist/excluded.js'), 'utf8')).toBe('built');
    expect(readFileSync(join(pair.remote, 'log.txt'), 'utf8')).toBe('known to both');
    expect(existsSync(join(pair.remote, 'two-only/d0/f0'))).toBe(false);
    expect(conflicts()).toBe(0);
    expect(readTrash(pair.local)).toEqual({});
    expect(status()).toBe('');
  });

  it('stash, its pop and reset --hard arrive, too', async () => {
    await begin(fewer);
    for (let i = 0; i < fewer; i += 3) writeFileSync(join(pair.local, nameOf('one', i)), `edited ${i}`);
    await equal();
    await gitBeside('stash', '-q');
    await equal();
    expect(readFileSync(join(pair.remote, 'src/d3/f3'), 'utf8')).toBe(contentOf('one', 3));
    await gitBeside('stash', 'pop', '-q');
    await equal();
    expect(readFileSync(join(pair.remote, 'src/d3/f3'), 'utf8')).toBe('edited 3');
    await gitBeside('reset', '-q', '--hard', 'two');
    await equal();
    expect(readFileSync(join(pair.remote, 'src/d3/f3'), 'utf8')).toBe(contentOf('two', 3));
    expect(conflicts()).toBe(0);
    expect(status()).toBe('');
  });

  it('wins over what the container changes meanwhile, and that is kept', async () => {
    await begin(fewer);
    for (const [round, branch] of (['two', 'one'] as const).entries()) {
      const written: string[] = [];
      const done = gitBeside('checkout', '-q', branch);
      const working = { runs: true };
      void done.finally(() => (working.runs = false));
      await pair.until('git begins', () => !working.runs || existsSync(join(pair.local, '.git/index.lock')));
      // As a watching build that formats files would; newer than anything git writes.
      for (let i = 2; working.runs; i = (i + 97) % fewer) {
        const path = nameOf('one', i);
        if (i % 10 < 2 || !existsSync(join(pair.remote, path))) continue;
        const content = `container ${round} ${i}`;
        writeFileSync(join(pair.remote, path), content);
        utimesSync(join(pair.remote, path), 2_000_000_000, 2_000_000_000);
        written.push(content);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await done;
      await equal();
      expect(written.length).toBeGreaterThan(3);
      const alive = new Set([
        ...Object.values(readTrash(pair.local)),
        ...Object.keys(readTree(pair.local))
          .filter((path) => path.startsWith('src/d') && path.includes('/f'))
          .map((path) => readFileSync(join(pair.local, path), 'utf8')),
      ]);
      expect(written.filter((content) => !alive.has(content))).toEqual([]);
      // What came before git's end has lost; at most the last one or two came after it.
      const left = status().split('\n').filter(Boolean);
      expect(left.length).toBeLessThan(Math.max(3, written.length / 4));
      git('checkout', '-qf', '--', '.');
      await equal();
    }
  });
});

describe('git changing the tree', () => {
  const inside = async (test: (root: string) => Promise<void>) => {
    const root = join(process.env['TMPDIR'] ?? '/tmp', `devspace-git-${process.pid}-${Math.random()}`);
    mkdirSync(join(root, 'sub/deep'), { recursive: true });
    try {
      await test(root);
    } finally {
      rmSync(root, { recursive: true });
    }
  };

  it.each([
    ['the root', '.git', '.'],
    ['a folder above', '.git', 'sub/deep'],
  ])('is noticed by the lock of %s, and its end', async (_, directory, folder) => {
    await inside(async (root) => {
      mkdirSync(join(root, directory));
      using checkout = new Checkout(join(root, folder));
      expect(checkout.running()).toBeUndefined();
      const lock = join(root, directory, 'index.lock');
      writeFileSync(lock, '');
      await new Promise((resolve) => setTimeout(resolve, 2));
      const over = checkout.running();
      expect(over).toBeInstanceOf(Promise);
      rmSync(lock);
      await over;
      expect(checkout.running()).toBeUndefined();
    });
  });

  it('is noticed in a worktree, where .git is a file', async () => {
    await inside(async (root) => {
      mkdirSync(join(root, 'sub/real'));
      writeFileSync(join(root, '.git'), 'gitdir: sub/real\n');
      writeFileSync(join(root, 'sub/real/index.lock'), '');
      using checkout = new Checkout(root);
      expect(checkout.running()).toBeInstanceOf(Promise);
    });
  });

  it.each([
    ['written to: the tree is done', 'index', 0],
    ['old: a killed git left it behind', '', 31_000],
  ])('is over when the lock is %s', async (_, content, age) => {
    await inside(async (root) => {
      mkdirSync(join(root, '.git'));
      writeFileSync(join(root, '.git/index.lock'), content);
      using checkout = new Checkout(root, () => Date.now() + age);
      expect(checkout.running()).toBeUndefined();
    });
  });
});
