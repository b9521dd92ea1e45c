import { chmodSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { helperMissing, pairForEachTest, type Pair, put } from '../rig.js';

const missing = helperMissing();
if (missing) console.log(`polling is not tested: ${missing}`);

const watches = () => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;

describe.skipIf(missing)('a sync that polls', { timeout: 60_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  it('watches nothing, and carries every kind of change both ways', async () => {
    put(pair.local, { edited: 'one', 'd/moved': 'moved', gone: 'gone', mode: 'mode' });
    const before = watches();
    const session = await pair.start({ polling: true });
    await session.initialDone;
    await pair.equal();
    expect(watches()).toBe(before);

    const { mtime } = statSync(join(pair.local, 'edited'));
    writeFileSync(join(pair.local, 'edited'), 'two');
    // As large and as old as before.
    utimesSync(join(pair.local, 'edited'), mtime, mtime);
    renameSync(join(pair.local, 'd'), join(pair.local, 'e'));
    rmSync(join(pair.local, 'gone'));
    chmodSync(join(pair.local, 'mode'), 0o700);
    put(pair.local, { 'new/deep/file': 'new' });
    put(pair.remote, { 'there/file': 'there' });
    await pair.equal({ within: 30_000 });
    expect(readFileSync(join(pair.remote, 'edited'), 'utf8')).toBe('two');
    expect(readFileSync(join(pair.remote, 'e/moved'), 'utf8')).toBe('moved');
    expect(readFileSync(join(pair.local, 'there/file'), 'utf8')).toBe('there');
    expect(pair.events.filter((event) => event.type === 'warning')).toEqual([]);
  });

  it('watches, when it does not poll', async () => {
    const before = watches();
    const session = await pair.start();
    await session.initialDone;
    expect(watches()).toBeGreaterThan(before);
  });
});
