import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { systemCode } from '../../base/failure.js';
import type { Entry, Observed } from '../core/entry.js';
import type { Rules } from '../core/ignore.js';
import { joinPath } from '../core/path.js';
import { observe, observeInside, reasonOf } from './observe.js';

/** After this many entries what was seen is told, and the event loop gets its turn: few enough not to hold up the connection being made meanwhile. */
const breath = 250;

export interface LocalScan {
  /** Told of each directory before it is read, so that it can be watched first. */
  entering(path: string): void;
  /** Told of a directory that cannot be read: when it can be, all in it is to be looked at anew. */
  closed?(path: string): void;
  /** Told what is there, in the same step in which it was looked at. */
  seen(entries: readonly Observed[]): void;
  /** Awaited now and then, between one look and the next. */
  pause?(): Promise<void> | undefined;
  /** The form in which a name is told; default: as it is. */
  spelled?(name: string): string;
}

/**
 * Lists everything at and below a path, directories before what they hold, without excluded paths and without following symlinks. A directory that
 * cannot be read is `unreadable`.
 */
export async function scanLocal(
  root: string,
  path: string,
  rules: Pick<Rules, 'excluded'>,
  scan: LocalScan,
): Promise<void> {
  const top = observeInside(root, path, new Set());
  if (path !== '' && rules.excluded(path, top?.kind === 'directory')) return;
  if (top === undefined) return scan.seen([{ path, kind: 'absent' }]);
  let found: Observed[] = [];
  const directories: string[] = [];
  const add = (path: string, entry: Entry) => {
    found.push({ path, ...entry });
    if (entry.kind === 'directory') directories.push(path);
  };
  add(path, top);
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    scan.entering(directory);
    const names = list(join(root, directory));
    if (!Array.isArray(names)) {
      scan.closed?.(directory);
      if (names.code !== 'ENOENT')
        found.push({ path: directory, kind: 'unreadable', reason: reasonOf(names.code) });
      continue;
    }
    for (const name of names) {
      const child = joinPath(directory, scan.spelled?.(name) ?? name);
      const entry = observe(root, child);
      if (entry === undefined) {
        // Node shows a name that is not UTF-8 with replacement characters, under which nothing is found.
        if (name.includes('\uFFFD'))
          found.push({ path: child, kind: 'unreadable', reason: 'its name is not UTF-8' });
      } else if (!rules.excluded(child, entry.kind === 'directory')) {
        add(child, entry);
      }
    }
    if (found.length > breath) {
      scan.seen(found);
      found = [];
      await setImmediate();
      await scan.pause?.();
    }
  }
  scan.seen(found);
}

function list(directory: string): string[] | { code: string | undefined } {
  try {
    return readdirSync(directory);
  } catch (error) {
    return { code: systemCode(error) };
  }
}
