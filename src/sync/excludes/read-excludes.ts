import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import ignore from 'ignore';

import { Failure, messageOf, systemCode } from '../../base/failure.js';
import type { Patterns } from '../core/ignore.js';
import { joinPath } from '../core/path.js';
import { excludeLines } from './exclude-lines.js';
import { patternsAbove, patternsBelow } from './rebase-patterns.js';

/** What is excluded, and the files that say more; they are relative to the local root. */
export interface ExcludeSources extends Patterns {
  excludeFile?: string | undefined;
  uploadExcludeFile?: string | undefined;
  downloadExcludeFile?: string | undefined;
  /** Leave alone what git ignores. */
  gitIgnore?: boolean | undefined;
}

/** Where a pattern is written. */
export interface Origin {
  /** As it is written there: that of a file further up or down means the same in other words. */
  written: string;
  /** The file, relative to the local root, its line and what made it count; undefined: it was given as a pattern. */
  file?: {
    path: string;
    line: number;
    by: 'excludeFile' | 'uploadExcludeFile' | 'downloadExcludeFile' | 'gitIgnore';
  };
}

type Lists = 'excludePaths' | 'uploadExcludePaths' | 'downloadExcludePaths';

export interface ReadExcludes {
  /** All of it as patterns relative to the root. Written in the sources wins over the exclude file, which wins over git's. */
  patterns: Patterns;
  /** Where each pattern is from, in the same order. */
  origins: Record<Lists, readonly Origin[]>;
  /** Absolute paths of the files that were read, or would have been. */
  files: string[];
}

/** Reads the exclude files of a local root. Throws SYNC_EXCLUDE_FILE when one that is named cannot be read. */
export async function readExcludes(root: string, sources: ExcludeSources): Promise<ReadExcludes> {
  const files: string[] = [];
  const rulesOf = async (
    by: 'excludeFile' | 'uploadExcludeFile' | 'downloadExcludeFile',
    list: Lists,
  ): Promise<Rule[]> => {
    const given = (sources[list] ?? []).map((pattern) => ({ pattern, origin: { written: pattern } }));
    const path = sources[by];
    if (path === undefined) return given;
    const file = resolve(root, path);
    files.push(file);
    const lines = excludeLines(await readNamed(root, path, file));
    const read = lines.map(({ pattern, line }) => ({
      pattern,
      origin: { written: pattern, file: { path, line, by } },
    }));
    return [...read, ...given];
  };
  const rules: Record<Lists, Rule[]> = {
    excludePaths: await rulesOf('excludeFile', 'excludePaths'),
    uploadExcludePaths: await rulesOf('uploadExcludeFile', 'uploadExcludePaths'),
    downloadExcludePaths: await rulesOf('downloadExcludeFile', 'downloadExcludePaths'),
  };
  if (sources.gitIgnore === true) {
    const git = await readGitIgnores(root, patternsOf(rules.excludePaths));
    rules.excludePaths.unshift(...git.rules);
    files.push(...git.files);
  }
  const each = <T>(get: (list: Rule[]) => T) => ({
    excludePaths: get(rules.excludePaths),
    uploadExcludePaths: get(rules.uploadExcludePaths),
    downloadExcludePaths: get(rules.downloadExcludePaths),
  });
  return { patterns: each(patternsOf), origins: each((list) => list.map(({ origin }) => origin)), files };
}

/** A pattern relative to the root. */
interface Rule {
  pattern: string;
  origin: Origin;
}

const patternsOf = (rules: readonly Rule[]): string[] => rules.map(({ pattern }) => pattern);

async function readNamed(root: string, name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure({
      code: 'SYNC_EXCLUDE_FILE',
      message: `The exclude file ${name} of ${root} cannot be read: ${messageOf(error)}`,
      subject: file,
      hint: `create it in ${root}, or correct the path, which is relative to that folder`,
      cause: error,
    });
  }
}

/**
 * git's rules for a folder, lowest first: .git/info/exclude, then each .gitignore from the top of the repository down. As with git, files in what is
 * ignored do not count. Without a repository around it, the folder is taken for the top of one.
 */
async function readGitIgnores(
  root: string,
  excludePaths: readonly string[],
): Promise<{ rules: Rule[]; files: string[] }> {
  const top = (await topOfRepository(root)) ?? root;
  const rules: Rule[] = [];
  const files: string[] = [];
  const own = matcher(excludePaths);
  const git = matcher([]);
  const take = async (file: string, rebase: (lines: string[]) => string[]): Promise<void> => {
    files.push(file);
    const path = relative(root, file).split(sep).join('/');
    for (const { line, pattern: written } of excludeLines(await readIfThere(file)))
      for (const pattern of rebase([written])) {
        rules.push({ pattern, origin: { written, file: { path, line, by: 'gitIgnore' } } });
        git.add({ pattern });
      }
  };
  const above = relative(top, root).split(sep).join('/');
  const fromTop = above === '' ? [] : above.split('/');
  const rebaseAt = (depth: number) => (lines: string[]) =>
    depth === fromTop.length ? lines : patternsAbove(fromTop.slice(depth).join('/'), lines);
  await take(join(top, '.git', 'info', 'exclude'), rebaseAt(0));
  for (let depth = 0; depth < fromTop.length; depth++)
    await take(join(top, ...fromTop.slice(0, depth), '.gitignore'), rebaseAt(depth));

  const visit = async (directory: string): Promise<void> => {
    const entries = await readdir(join(root, directory), { withFileTypes: true }).catch(() => []);
    const isThere = entries.some((entry) => entry.name === '.gitignore' && entry.isFile());
    // One that is not there yet is told by the sync of it; that of the root may be kept from being synced.
    if (isThere || directory === '')
      await take(join(root, directory, '.gitignore'), (lines) => patternsBelow(directory, lines));
    for (const entry of entries) {
      const path = joinPath(directory, entry.name);
      if (!entry.isDirectory() || entry.name === '.git' || entry.name === '.devspace') continue;
      const mine = own.test(`${path}/`);
      if (mine.ignored || (!mine.unignored && git.test(`${path}/`).ignored)) continue;
      await visit(path);
    }
  };
  await visit('');
  return { rules, files };
}

function matcher(patterns: readonly string[]) {
  const rules = ignore({ ignorecase: false, allowRelativePaths: true });
  for (const pattern of patterns) rules.add({ pattern });
  return rules;
}

/** The nearest folder upwards that holds a .git folder. (In a linked work tree .git is a file; its top is the top all the same.) */
async function topOfRepository(root: string): Promise<string | undefined> {
  for (let folder = root; ; folder = resolve(folder, '..')) {
    if (await stat(join(folder, '.git')).catch(() => undefined)) return folder;
    if (resolve(folder, '..') === folder) return undefined;
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // A folder named .gitignore and the like do not count for git, either.
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP'].includes(systemCode(error) ?? '')) return '';
    throw error;
  }
}
