import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { openInspection } from '../../../src/sync/inspect/inspection.js';
import { verify } from '../../../src/sync/inspect/verify.js';
import { helperMissing, openHere, type Pair, pairForEachTest, put, readTree } from '../rig.js';

const missing = helperMissing();
if (missing) console.warn(`verify.test.ts is skipped: ${missing}`);

describe.skipIf(missing)('verify', { timeout: 30_000 }, () => {
  let pair: Pair;
  pairForEachTest((one) => {
    pair = one;
  });
  const inspect = (excludePaths: string[] = [], more = {}) =>
    openInspection({
      localRoot: pair.local,
      container: {
        open: openHere({ cwd: pair.remote, env: { TMPDIR: pair.temporary }, started: pair.children }),
        helperDir: pair.helperDir,
        root: pair.remote,
        identity: 'container-1',
      },
      excludePaths,
      emit: (event) => pair.events.push(event),
      signal: new AbortController().signal,
      ...more,
    });
  const differences = async (excludePaths?: string[], more?: object) => {
    await using inspection = await inspect(excludePaths, more);
    const { differences } = await verify(inspection, { signal: new AbortController().signal });
    return differences.map(({ path, what }) => `${path}: ${what}`);
  };

  it('finds nothing on equal sides, and changes nothing', async () => {
    for (const root of [pair.local, pair.remote]) {
      put(root, { a: 'a', 'd/b': 'b', 'd/e/empty': '' });
      symlinkSync('a', join(root, 'l'));
    }
    // What the file modes say beside "may be run" is a matter of umasks; times are none of content.
    chmodSync(join(pair.local, 'a'), 0o600);
    const before = readTree(pair.local);
    await using inspection = await inspect();
    const result = await verify(inspection, { signal: new AbortController().signal });
    expect(result).toEqual({ compared: 6, hashed: 3, bytes: 2, skipped: 0, differences: [] });
    expect(readTree(pair.local)).toEqual(before);
  });

  it('finds every kind of difference', async () => {
    put(pair.local, { same: 'same', content: '12345', size: '1', kind: 'x', mode: 'm', 'here/deep/er': '' });
    put(pair.remote, { same: 'same', content: '12346', size: '22', 'kind/x': '', mode: 'm', there: '' });
    chmodSync(join(pair.local, 'mode'), 0o755);
    symlinkSync('same', join(pair.local, 'link'));
    symlinkSync('size', join(pair.remote, 'link'));
    expect(await differences()).toEqual([
      'content: content',
      'here: only-here',
      'kind: kind',
      'kind/x: only-there',
      'link: link',
      'mode: mode',
      'size: content',
      'there: only-there',
    ]);
  });

  it('leaves out what is excluded, in any direction, and what cannot be synced', async () => {
    put(pair.local, { 'x.log': '', 'up/a': '', 'down/a': '' });
    put(pair.remote, { 'y.log': '', 'down/b': '' });
    symlinkSync('/etc/passwd', join(pair.local, 'outside'));
    const more = { uploadExcludePaths: ['up/'], downloadExcludePaths: ['down/'] };
    expect(await differences(['*.log'], more)).toEqual([]);
  });

  it('does not tell what a running sync is just carrying over', async () => {
    put(pair.local, { a: 'a', b: 'b' });
    await using inspection = await inspect();
    mkdirSync(join(pair.remote, 'later'));
    put(pair.remote, { a: 'a', b: 'b' });
    rmSync(join(pair.remote, 'later'), { recursive: true });
    const { differences } = await verify(inspection, { signal: new AbortController().signal });
    expect(differences).toEqual([]);
  });

  it('compares many files at once', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`d${index % 20}/f${index}`, `content ${index}`]),
    );
    for (const root of [pair.local, pair.remote]) put(root, files);
    put(pair.remote, { 'd7/f7': 'content x' });
    await using inspection = await inspect();
    const told: number[] = [];
    const { differences, hashed } = await verify(inspection, {
      signal: new AbortController().signal,
      onProgress: ({ files }) => told.push(files),
    });
    expect([hashed, told.at(-1)]).toEqual([300, 300]);
    expect(differences).toEqual([{ path: 'd7/f7', what: 'content', text: 'same size, other content' }]);
  }, 30_000);
});
