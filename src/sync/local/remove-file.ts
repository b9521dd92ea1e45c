import { unlinkSync } from 'node:fs';

import { systemCode } from '../../base/failure.js';

/** Removes a file or symlink, if it is there. `rmSync` looks at it twice before, which takes longer than removing it. */
export function removeFile(absolute: string): void {
  try {
    unlinkSync(absolute);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
