import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { compileRules } from '../../../src/sync/core/ignore.js';
import type { EndpointEvents } from '../../../src/sync/endpoint.js';
import { type Local, openLocal } from '../../../src/sync/local/local.js';
import { put } from '../rig.js';

const missing = process.platform === 'linux' ? undefined : 'events come one by one on Linux only';
if (missing) console.log(`what is counted as git's work is not tested: ${missing}`);

describe.skipIf(missing)('what git did is told as its work', { timeout: 30_000 }, () => {
  let root: string;
  let lock: string;
  let local: Local;
  /** Path → whether git did it, of what was told since the first look. */
  let told: Map<string, boolean>;
  /** Called when something was told. */
  let onTold: (paths: readonly string[]) => void;
  const known = (i: number) => `d${i % 20}/f${i}`;

  beforeEach(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'devspace-at-work-')));
    lock = join(root, '.git/index.lock');
    mkdirSync(join(root, '.git'));
    put(root, Object.fromEntries(Array.from({ length: 600 }, (_, i) => [known(i), 'first'])));
    told = new Map();
    onTold = () => {};
    let byGit = false;
    let sizes = new Map<string, number>();
    const events: EndpointEvents = {
      changed: (seen) => {
        const paths: string[] = [];
        for (const entry of seen) {
          const size = entry.kind === 'file' ? entry.size : -1;
          paths.push(entry.path);
          if (sizes.get(entry.path) !== size) told.set(entry.path, byGit);
          sizes.set(entry.path, size);
        }
        onTold(paths);
      },
      scanning: () => ({
        end: () => {
          for (const path of sizes.keys()) if (!existsSync(join(root, path))) told.set(path, byGit);
        },
      }),
      switching: (on) => void (byGit = on),
      lost: () => void local.scan('').catch(() => {}),
      degraded: () => {},
      failed: (failure) => {
        throw failure;
      },
    };
    local = openLocal(root, compileRules({ excludePaths: ['.git'] }));
    local.watch(events);
    await local.scan('');
    told.clear();
  });
  afterEach(async () => {
    await local[Symbol.asyncDispose]();
    rmSync(root, { recursive: true });
  });

  const begin = () => writeFileSync(lock, '');
  const end = () => rmSync(lock);
  const edit = (...paths: string[]) => put(root, Object.fromEntries(paths.map((path) => [path, 'edited'])));
  const untilTold = async (...paths: string[]) => {
    while (!paths.every((path) => told.has(path))) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('when everything is looked at meanwhile, which waits for it', async () => {
    begin();
    edit(known(1), 'new');
    rmSync(join(root, known(2)));
    const scanned = local.scan('');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told).toEqual(new Map());
    end();
    await scanned;
    await untilTold(known(1), known(2), 'new');
    expect(told).toEqual(new Map([known(1), known(2), 'new'].map((path) => [path, true])));
  });

  it('when it begins in the middle of a look at everything', async () => {
    let isBegun = false;
    let looked: readonly string[] = [];
    onTold = (paths) => {
      if (isBegun || paths.length < 2) return;
      isBegun = true;
      looked = paths;
      begin();
      edit(known(1), known(300), known(599));
      setTimeout(end, 100);
    };
    await local.scan('');
    await untilTold(known(1), known(300), known(599));
    // Both what was looked at before and what was not.
    expect([known(1), known(300), known(599)].filter((path) => looked.includes(path)).length).toBeLessThan(3);
    expect([...told]).toEqual([...told.keys()].map((path) => [path, true]));
  });

  it('when it is over before there was time to look', async () => {
    begin();
    edit(known(3));
    rmSync(join(root, known(4)));
    end();
    await untilTold(known(3), known(4));
    expect(told.get(known(3))).toBe(true);
    expect(told.get(known(4))).toBe(true);
  });

  it('when one file is looked at before what was heard', async () => {
    begin();
    edit(known(5));
    end();
    await local.scan(known(5));
    expect(told.get(known(5))).toBe(true);
  });

  it('when events were lost, and only the look at everything after a burst finds it', async () => {
    begin();
    const paths: string[] = [];
    // More than the system keeps for who does not listen: 16,384 by default, and what comes then is lost.
    for (let i = 0; i < 17_000; i++) chmodSync(join(root, known(i % 2)), 0o644);
    for (let i = 0; i < 50; i++) paths.push(`late${i}`);
    edit(...paths);
    end();
    await untilTold(...paths);
    expect(paths.filter((path) => !told.get(path))).toEqual([]);
  });

  it('and what a person does later is not', async () => {
    begin();
    edit(known(6));
    end();
    await untilTold(known(6));
    await new Promise((resolve) => setTimeout(resolve, 100));
    writeFileSync(join(root, known(6)), 'edited by hand');
    edit(known(7));
    told.clear();
    await untilTold(known(6), known(7));
    expect(told).toEqual(new Map([known(6), known(7)].map((path) => [path, false])));
  });
});
