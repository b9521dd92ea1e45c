import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { helperMissing, pairForEachTest, type Pair, readTree } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`sync is not tortured: ${missing}`);

/** Numbers below 1, the same ones for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One random thing a person or a program may do to a tree. Contents are unique, so that each can be looked for later. */
function operate(root: string, next: () => number, label: string): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const paths = Object.keys(readTree(root));
  const name = () => pick(['a', 'b', 'c', 'd e', 'ü']);
  const fresh = () => {
    const directories = ['', ...paths.filter((path) => lstatSync(join(root, path)).isDirectory())];
    return join(pick(directories), name());
  };
  const kind = pick([
    'write',
    'write',
    'write',
    'edit',
    'edit',
    'same-size',
    'mkdir',
    'remove',
    'rename',
    'chmod',
    'link',
    'swap',
  ]);
  const path =
    kind === 'write' || kind === 'mkdir' || kind === 'link' || paths.length === 0 ? fresh() : pick(paths);
  const absolute = join(root, path);
  const there = lstatSync(absolute, { throwIfNoEntry: false });
  switch (kind) {
    case 'mkdir':
      if (!there) mkdirSync(absolute, { recursive: true });
      break;
    case 'link':
      if (!there) symlinkSync(name(), absolute);
      break;
    case 'remove':
      // Rarely everything: an emptied side stops the session on purpose.
      if (there && paths.length > 4) rmSync(absolute, { recursive: true });
      break;
    case 'rename': {
      const to = join(root, fresh());
      if (there && !existsSync(to) && !to.startsWith(`${absolute}/`)) renameSync(absolute, to);
      break;
    }
    case 'chmod':
      if (there?.isFile()) chmodSync(absolute, pick([0o644, 0o755, 0o600]));
      break;
    case 'swap':
      if (!there || paths.length <= 4) break;
      rmSync(absolute, { recursive: true });
      if (there.isDirectory()) writeFileSync(absolute, label);
      else {
        mkdirSync(absolute);
        writeFileSync(join(absolute, 'in'), label);
      }
      break;
    case 'same-size':
      if (there?.isFile())
        writeFileSync(absolute, label.padEnd(there.size, '.').slice(0, Math.max(there.size, label.length)));
      break;
    default:
      if (there && !there.isFile()) break;
      mkdirSync(dirname(absolute), { recursive: true });
      writeFileSync(absolute, next() < 0.03 ? label.repeat(100_000) : label);
  }
  return `${kind} ${path}`;
}

describe.skipIf(missing)('random work on both sides at once', { timeout: 120_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  const seeds = process.env['SYNC_SEED'] ? [Number(process.env['SYNC_SEED'])] : [1, 2, 3];
  it.each(seeds)('ends equal (SYNC_SEED=%i)', async (seed) => {
    const next = random(seed);
    const log: string[] = [];
    let session = await pair.start();
    for (let step = 0; step < 300; step++) {
      const side = next() < 0.5 ? 'local' : 'remote';
      try {
        log.push(`${side} ${operate(pair[side], next, `<${seed}.${step}>`)}`);
      } catch {
        // Sync changed the tree while the operation was chosen: as for any other program.
      }
      if (next() < 0.3) await new Promise((resolve) => setTimeout(resolve, next() * 30));
      if (next() < 0.02) {
        await session.stop();
        log.push('restart');
        session = await pair.start();
      }
    }
    await pair.equal({ within: 20_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${log.slice(-40).join('\n')}`);
    });
    // And it stays so: nothing is on its way.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await pair.equal({ within: 1 });
    await session.stop();
    await session.done;
    expect(pair.events.filter((event) => event.type === 'warning')).toEqual([]);
    expect(readdirSync(pair.temporary)).toEqual([]);
  });
});
