import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { bundleLocal } from './local-program.js';

/** Nobody closes a directory to root. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
const missing = process.platform === 'win32' ? 'directories cannot be closed here' : undefined;
if (missing) console.log(`directories without permission are not tried: ${missing}`);

describe.skipIf(missing)('a directory that may not be read for a while', { timeout: 60_000 }, () => {
  let place: string;
  let bundle: string;
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'devspace-closed-'));
    chmodSync(place, 0o755);
    bundle = await bundleLocal(place);
  }, 60_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it('is looked at anew, with all in it, when it may be read again', async () => {
    const root = join(place, 'root');
    mkdirSync(join(root, 'closed/below'), { recursive: true });
    const all = ['', 'closed', 'closed/below', 'closed/below/file', 'open'];
    for (const path of ['closed/below/file', 'open']) writeFileSync(join(root, path), 'x');
    if (nobody) for (const path of all) chownSync(join(root, path), nobody.uid, nobody.gid);
    const child = spawn(process.execPath, [bundle, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...nobody,
    });
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const until = async (test: (line: Record<string, unknown>) => boolean) => {
        for (;;) {
          const { value, done } = await lines.next();
          if (done === true) throw new Error('it ended');
          if (test(JSON.parse(value) as Record<string, unknown>)) return;
        }
      };
      await until((line) => line['listed'] === true);
      chmodSync(join(root, 'closed'), 0);
      await until((line) => line['path'] === 'closed' && line['kind'] === 'unreadable');
      // A look at everything finds the same.
      process.kill(child.pid as number, 'SIGUSR2');
      await until((line) => line['path'] === 'closed' && line['kind'] === 'unreadable');
      chmodSync(join(root, 'closed'), 0o755);
      await until((line) => line['path'] === 'closed/below/file');
    } finally {
      child.kill('SIGKILL');
    }
  });
});
