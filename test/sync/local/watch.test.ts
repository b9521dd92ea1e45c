import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { openWatch } from '../../../src/sync/local/watch.js';

it('a watch that has ended watches nothing more, so that it keeps no process alive', () => {
  const root = mkdtempSync(join(tmpdir(), 'devspace-watch-'));
  try {
    const watch = openWatch(root, { hint: () => {}, limited: () => {} }, 'linux');
    expect(watch.add('', '1')).toBe(true);
    watch[Symbol.dispose]();
    expect(watch.add('', '2')).toBe(false);
  } finally {
    rmSync(root, { recursive: true });
  }
});
