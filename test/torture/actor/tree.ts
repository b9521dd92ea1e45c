import { readdirSync, lstatSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Holding, Look, Node } from '../records.js';
import { contentAt } from './contents.js';

/** Files that are never moved or removed: a side that loses everything stops the sync on purpose. */
export const anchors = 'keep';

export interface Listed {
  path: string;
  kind: 'file' | 'directory' | 'link' | 'other';
  size: number;
}

const isSyncs = (path: string): boolean => path === '.devspace' || /(^|\/)\.devspace-[^/]*$/.test(path);

/** Everything below the root that people may touch. */
export function list(root: string, below = ''): Listed[] {
  const found: Listed[] = [];
  const walk = (directory: string): void => {
    for (const entry of entriesOf(join(root, directory))) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (isSyncs(path)) continue;
      const kind = kindOf(entry);
      let size = 0;
      if (kind === 'file') size = lstatSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0;
      found.push({ path, kind, size });
      if (kind === 'directory') walk(path);
    }
  };
  walk(below);
  return found;
}

/** The contents in what lies at `absolute`, under the names they have or had at `path`. */
export function holdings(absolute: string, path: string): Holding[] {
  const own = contentAt(absolute);
  if (own !== undefined) return [{ path, content: own }];
  return list(absolute).flatMap((entry) => {
    const content = contentAt(join(absolute, entry.path));
    const there = path === '' ? entry.path : `${path}/${entry.path}`;
    return content === undefined ? [] : [{ path: there, content }];
  });
}

/** The whole tree as it is compared. */
export function look(root: string): Look {
  const tree: Look = {};
  for (const { path, kind } of list(root)) {
    const absolute = join(root, path);
    const node: Node = { kind };
    if (kind === 'file')
      node.executable = ((lstatSync(absolute, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0;
    const content = contentAt(absolute);
    if (content !== undefined) node.content = content;
    tree[path] = node;
  }
  return tree;
}

function entriesOf(absolute: string): Dirent[] {
  try {
    return readdirSync(absolute, { withFileTypes: true });
  } catch {
    return [];
  }
}

function kindOf(entry: Dirent): Listed['kind'] {
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'link';
  return entry.isFile() ? 'file' : 'other';
}
