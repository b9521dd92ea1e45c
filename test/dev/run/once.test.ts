import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onceOnly } from '../../../src/dev/run/once.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'devspace-once-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('does work once for each key, unless it failed', async () => {
  const done: string[] = [];
  const work = (key: string, result = true) =>
    onceOnly(join(folder, 'sync'), key, async () => {
      done.push(key);
      return result;
    });
  await work('a', false);
  await work('a');
  await work('b');
  await work('a');
  expect(done).toEqual(['a', 'a', 'b']);
  // What cannot be understood counts for nothing.
  writeFileSync(join(folder, 'sync/once.json'), '{"broken');
  await work('b');
  expect(done).toEqual(['a', 'a', 'b', 'b']);
});
