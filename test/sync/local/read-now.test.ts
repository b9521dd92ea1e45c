import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FileEntry } from '../../../src/sync/core/entry.js';
import { observe } from '../../../src/sync/local/observe.js';
import { quietMs } from '../../../src/sync/local/read.js';
import { readNow } from '../../../src/sync/local/read-now.js';

describe('a small file read at once', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'read-now-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const file = () => join(root, 'f');
  const read = (seen: FileEntry, into = Buffer.alloc(20, '.')) => ({
    hash: readNow(file(), seen, into, 3),
    into: into.toString(),
  });
  /** Writes the file, and waits until it has been quiet. */
  const written = async (content: string): Promise<FileEntry> => {
    writeFileSync(file(), content);
    const until = Date.now() + quietMs + 2;
    while (Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 1));
    return observe(root, 'f') as FileEntry;
  };

  it.each(['', 'content'])('lies where it is to lie: %j', async (content) => {
    const seen = await written(content);
    const hash = createHash('sha256').update(content).digest('hex');
    expect(read(seen)).toEqual({ hash, into: `...${content}`.padEnd(20, '.') });
  });

  const changes: [string, () => void][] = [
    ['is written to', () => writeFileSync(file(), 'CONTENT')],
    ['is cut', () => truncateSync(file(), 1)],
    ['is touched', () => utimesSync(file(), 1, 1)],
    ['is gone', () => rmSync(file())],
    [
      'is a link now',
      () => {
        renameSync(file(), join(root, 'other'));
        symlinkSync('other', file());
      },
    ],
    [
      'is a FIFO now, which must not block',
      () => {
        rmSync(file());
        execFileSync('mkfifo', [file()]);
      },
    ],
  ];
  it.each(changes)('is left to others when it %s', async (_, change) => {
    const seen = await written('content');
    change();
    expect(read(seen)).toEqual({ hash: undefined, into: '.'.repeat(20) });
  });

  it('is left to others while it is young', () => {
    // On a machine under load it may be old by the time it is looked at: then it is tried again.
    for (let tries = 0; ; tries++) {
      writeFileSync(file(), `content ${tries}`);
      const seen = observe(root, 'f') as FileEntry;
      const { hash } = read(seen);
      const now = Date.now();
      const { s, ns } = seen.mtime;
      if (now - (s * 1000 + Math.floor(ns / 1e6)) >= quietMs && tries < 100) continue;
      expect(hash).toBeUndefined();
      return;
    }
  });
});
