import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundleLocal } from './local-program.js';

/** Limits of a user namespace of its own, so that the machine's stay as they are. */
const limits = '/proc/sys/user';
const missing = (() => {
  try {
    execFileSync('unshare', ['-U', '-r', 'sh', '-c', `echo 5 > ${limits}/max_inotify_watches`], {
      stdio: 'ignore',
    });
    return undefined;
  } catch {
    return 'user namespaces with limits of their own cannot be made here';
  }
})();
if (missing) console.log(`the limit of file watches is not tested: ${missing}`);

describe.skipIf(missing)('when the system allows no more watches', { timeout: 60_000 }, () => {
  let place: string;
  let bundle: string;
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'devspace-limit-'));
    bundle = await bundleLocal(place);
  }, 60_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it.each([
    ['watches', 'max_inotify_watches', 3],
    ['instances', 'max_inotify_instances', 0],
  ])('of %s, it says so once and looks for changes itself', async (_, limit, most) => {
    const root = join(place, limit);
    for (let i = 0; i < 10; i++) mkdirSync(join(root, `d${i}/e`), { recursive: true });
    const script = `echo ${most} > ${limits}/${limit} && exec "$@"`;
    const command = ['-U', '-r', 'sh', '-c', script, 'sh', process.execPath, bundle, root];
    const child = spawn('unshare', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const told: Record<string, unknown>[] = [];
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const until = async (test: () => boolean) => {
        while (!test()) {
          const { value, done } = await lines.next();
          if (done === true) throw new Error(`it ended: ${JSON.stringify(told)}`);
          told.push(JSON.parse(value) as Record<string, unknown>);
        }
      };
      await until(() => told.some((line) => line['listed']));
      // Twice, so that it goes on; where there may be a watch and where there is none.
      for (const round of [1, 2]) {
        const paths = ['top', 'd0/e/file', 'd5/e/file', 'd9/file'].map((path) => `${path}${round}`);
        for (const path of paths) writeFileSync(join(root, path), 'new');
        await until(() => paths.every((path) => told.some((line) => line['path'] === path)));
      }
      expect(told.flatMap((line) => ('degraded' in line ? [line['degraded']] : []))).toEqual([
        'The system allows no more file watches; local changes are looked for every 2 s.',
      ]);
      expect(told.filter((line) => 'failed' in line)).toEqual([]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
