import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { systemCode } from '../../base/failure.js';

/** Makes a directory and those above it, below the root. Node's own recursive way says ENOENT where the file system may only be read. */
export function makeDirectory(root: string, path: string): void {
  let at = '';
  for (const name of path.split('/')) {
    at = at === '' ? name : `${at}/${name}`;
    try {
      mkdirSync(join(root, at));
    } catch (error) {
      // On a file in its place the next one fails, or what it is made for.
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}
