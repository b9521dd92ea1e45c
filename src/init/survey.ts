import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a folder holds, as far as `devspace init` looks: relative paths with `/`, and the texts of the files that tell something. */
export interface Survey {
  readonly files: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
}

const MOST_DEPTH = 4;
/** Where packages are folders in each other, the sources stand further down. */
const MOST_DEPTH_OF_PACKAGES = 9;
const MOST_FILES = 5000;
const MOST_BYTES = 256 * 1024;
/** What is fetched or generated, and what is hidden, says nothing about the project. */
const SKIPPED =
  /^(?:\..*|node_modules|vendor|dist|build|out|target|bin|obj|venv|env|__pycache__|testdata|tests?|docs?)$/;
const TELLING = new RegExp(
  `(?:^|/)(?:${[
    '[\\w.-]*Dockerfile[\\w.-]*|Procfile|[^/]+\\.ya?ml',
    'package\\.json|\\.nvmrc|\\.node-version|go\\.mod|Cargo\\.toml|composer\\.json|Gemfile|\\.ruby-version',
    'requirements[\\w.-]*\\.txt|pyproject\\.toml|Pipfile|setup\\.py|\\.python-version',
    'pom\\.xml|(?:build|settings)\\.gradle(?:\\.kts)?|gradle-wrapper\\.properties|application\\.properties',
    '[^/]+\\.[cf]sproj|[^/]+\\.config\\.[jt]s',
    '(?:app|main|server|index|wsgi|__init__)\\.(?:py|js|mjs|ts|go|rs|rb)|config\\.ru',
    '(?:Main|App|Server|\\w*Application)\\.(?:java|kt)',
  ].join('|')})$`,
);

/** Looks around in `root`: four levels, at most 5,000 files, and at the `named` ones wherever they are. What cannot be read is left out. */
export async function survey(
  root: string,
  signal: AbortSignal,
  named: readonly string[] = [],
): Promise<Survey> {
  const files: string[] = [];
  const texts = new Map<string, string>();
  const walk = async (folder: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const most = /^src\/main(?:\/|$)/.test(path) ? MOST_DEPTH_OF_PACKAGES : MOST_DEPTH;
      if (entry.isDirectory() && depth < most && !SKIPPED.test(entry.name)) await walk(path, depth + 1);
      if (!entry.isFile() || files.length >= MOST_FILES) continue;
      files.push(path);
      if (TELLING.test(path)) await read(path);
    }
  };
  const read = async (path: string): Promise<void> => {
    try {
      const file = join(root, path);
      if ((await stat(file)).size <= MOST_BYTES) texts.set(path, await readFile(file, 'utf8'));
    } catch {
      // As if it were not there.
    }
  };
  await walk('', 1);
  for (const path of named) {
    if (files.includes(path)) continue;
    await read(path);
    if (texts.has(path)) files.push(path);
  }
  return { files, texts };
}
