import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRules } from '../../../src/sync/core/ignore.js';
import { readExcludes } from '../../../src/sync/excludes/read-excludes.js';

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'ab', '.a') },
  fc.constantFrom('*', '?', '[ab]', '[!a]', '**', 'a**', '\\a', 'a*', '*b', '\\*', '\\!', '#', 'a ', '\\ '),
);
const segment = fc.array(piece, { minLength: 1, maxLength: 2 }).map((pieces) => pieces.join(''));
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!'),
    fc.constantFrom('', '', '/'),
    fc.array(segment, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/'),
  )
  .map(([negation, anchor, segments, end]) => negation + anchor + segments.join('/') + end);
const patterns = fc.array(pattern, { maxLength: 4 });

const folders = ['a', 'b', 'ab', 'a/b', 'a/a b', 'b/[a]', 'a/b/c'];
const names = ['a', 'b', 'c', 'ab', '.a', 'ba', '*', '!', 'a b', '#a'];
const files = ['', ...folders].flatMap((folder) =>
  names.map((name) => (folder === '' ? name : `${folder}/${name}`)).filter((path) => !folders.includes(path)),
);

describe.each([
  ['the top of a repository', ''],
  ['a folder in one', 'a'],
])('git is the judge of what it ignores: %s', (_, root) => {
  let repository: string;
  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'devspace-git-'));
    execFileSync('git', ['init', '--quiet', '--template=', repository]);
    mkdirSync(join(repository, '.git/info'));
    for (const file of files) {
      mkdirSync(dirname(join(repository, file)), { recursive: true });
      writeFileSync(join(repository, file), '');
    }
  });
  afterAll(() => rmSync(repository, { recursive: true, force: true }));

  function ignoredByGit(paths: readonly string[]): Set<string> {
    try {
      const input = paths.join('\0');
      const args = ['-C', repository, 'check-ignore', '--no-index', '-z', '--stdin'];
      return new Set(execFileSync('git', args, { input, encoding: 'utf8' }).split('\0'));
    } catch (error) {
      // 1: none.
      if ((error as { status?: number }).status === 1) return new Set();
      throw error;
    }
  }

  it('random rules at every level', async () => {
    await fc.assert(
      fc.asyncProperty(
        patterns,
        fc.dictionary(fc.constantFrom('', ...folders), patterns, { maxKeys: 4 }),
        fc.constantFrom('\n', '\r\n'),
        async (exclude, levels, newline) => {
          // git itself takes a CR for a part of the pattern.
          const forGit = (lines: readonly string[]) => `${lines.join('\n')}\n`;
          writeFileSync(join(repository, '.git/info/exclude'), forGit(exclude));
          for (const folder of ['', ...folders])
            rmSync(join(repository, folder, '.gitignore'), { force: true });
          for (const [folder, lines] of Object.entries(levels))
            writeFileSync(join(repository, folder, '.gitignore'), forGit(lines));
          const below = root === '' ? '' : `${root}/`;
          const tracked = files.filter((path) => path.startsWith(below));
          const expected = ignoredByGit(tracked);
          // The root of the sync is synced, whatever git thinks of it.
          fc.pre(root === '' || !ignoredByGit([root]).has(root));
          for (const [folder, lines] of Object.entries(levels))
            writeFileSync(
              join(repository, folder, '.gitignore'),
              lines.map((line) => line + newline).join(''),
            );
          const read = await readExcludes(join(repository, root), { gitIgnore: true });
          const rules = compileRules(read.patterns);
          const ours = tracked.filter((path) => rules.excluded(path.slice(below.length), false));
          expect(ours).toEqual(tracked.filter((path) => expected.has(path)));
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
