import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { systemCode } from '../../base/failure.js';
import type { DirectoryEntry, Entry, Observed } from '../core/entry.js';
import type { Rules } from '../core/ignore.js';
import { joinPath } from '../core/path.js';
import { observe, reasonOf } from './observe.js';

/** After this many entries the event loop gets its turn. */
const breath = 2000;

/**
 * Lists everything at and below a path, directories before what they hold, without excluded paths and without following symlinks.
 * `onDirectory` is told of each directory before it is read, so that it can be watched first. A directory that cannot be read is `unreadable`.
 */
export async function scanLocal(
  root: string,
  path: string,
  rules: Pick<Rules, 'excluded'>,
  onDirectory: (path: string) => void,
): Promise<Observed[]> {
  const top = observe(root, path);
  if (path !== '' && rules.excluded(path, top?.kind === 'directory')) return [];
  if (top === undefined) return [{ path, kind: 'absent' }];
  const found: Observed[] = [];
  const directories: [string, DirectoryEntry][] = [];
  const add = (path: string, entry: Entry) => {
    if (entry.kind === 'directory') directories.push([path, entry]);
    else found.push({ path, ...entry });
  };
  add(path, top);
  let sinceBreath = 0;
  for (let next = directories.pop(); next; next = directories.pop()) {
    const [directory, entry] = next;
    onDirectory(directory);
    const names = list(join(root, directory));
    if (!Array.isArray(names)) {
      if (names.code !== 'ENOENT')
        found.push({ path: directory, kind: 'unreadable', reason: reasonOf(names.code) });
      continue;
    }
    found.push({ path: directory, ...entry });
    for (const name of names) {
      const child = joinPath(directory, name);
      const entry = observe(root, child);
      if (entry === undefined) {
        // Node shows a name that is not UTF-8 with replacement characters, under which nothing is found.
        if (name.includes('\uFFFD'))
          found.push({ path: child, kind: 'unreadable', reason: 'its name is not UTF-8' });
      } else if (!rules.excluded(child, entry.kind === 'directory')) {
        add(child, entry);
      }
    }
    sinceBreath += names.length + 1;
    if (sinceBreath > breath) {
      sinceBreath = 0;
      await setImmediate();
    }
  }
  return found;
}

function list(directory: string): string[] | { code: string | undefined } {
  try {
    return readdirSync(directory);
  } catch (error) {
    return { code: systemCode(error) };
  }
}
