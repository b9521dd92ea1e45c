import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { helperMissing, pairForEachTest, type Pair, put } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`git in a container is not tried: ${missing}`);

describe.skipIf(missing)('a container that writes into .git', { timeout: 30_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  it('changes refs, but nothing that git here would run', async () => {
    put(pair.local, { '.git/config': '[core]\n', '.git/HEAD': 'ref: refs/heads/main\n', 'a.txt': 'a' });
    const session = await pair.start();
    await session.initialDone;
    await pair.equal();

    put(pair.remote, {
      '.git/config': '[core]\n\tfsmonitor = touch /tmp/owned\n',
      '.git/hooks/pre-commit': '#!/bin/sh\ntouch /tmp/owned\n',
      'sub/.git/config': '[core]\n\tfsmonitor = touch /tmp/owned\n',
      'vendored/.git': 'gitdir: ../evil\n',
      'evil/HEAD': 'ref: refs/heads/main\n',
    });
    symlinkSync('evil', join(pair.remote, 'evil.git'));
    put(pair.remote, { '.git/HEAD': 'ref: refs/heads/other\n' });
    await pair.until('the rest is here', () => {
      const head = readFileSync(join(pair.local, '.git/HEAD'), 'utf8');
      return head.includes('other') && existsSync(join(pair.local, 'evil/HEAD'));
    });
    await pair.until('it is said', () =>
      pair.events.some((event) => event.type === 'warning' && event.text.includes('git here would run')),
    );
    for (const path of ['.git/hooks/pre-commit', 'sub/.git/config', 'vendored/.git'])
      expect(existsSync(join(pair.local, path))).toBe(false);
    expect(readFileSync(join(pair.local, '.git/config'), 'utf8')).toBe('[core]\n');

    // What is changed here still reaches the container.
    put(pair.local, { '.git/hooks/pre-push': 'mine' });
    await pair.until('the own hook is there', () => existsSync(join(pair.remote, '.git/hooks/pre-push')));
  });
});
