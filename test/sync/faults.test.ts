import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../rig/until.js';
import { type PipesOptions, type PipesWorld, pipesWorld } from '../torture/pipes-world.js';
import { withoutRootsRights } from '../torture/privileges.js';
import { buildHelper, helperMissing, put, readTrash, readTree } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`faults of sync are not tested: ${missing}`);

/** A namespace in which hardly a directory may be watched. */
const fewWatches = [
  'unshare',
  '-r',
  'sh',
  '-c',
  'echo 3 > /proc/sys/user/max_inotify_watches; exec "$@"',
  'sh',
];
const cannotLimit = runs([...fewWatches, 'true']) ? undefined : 'no user namespaces here';
const cannotDeny =
  process.getuid?.() !== 0 || withoutRootsRights().length > 0 ? undefined : 'root may read everything here';
for (const reason of [cannotLimit, cannotDeny])
  if (reason) console.log(`some faults are not tested: ${reason}`);

function runs([file, ...args]: string[]): boolean {
  try {
    execFileSync(file as string, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(missing)('what goes wrong on a disk', { timeout: 60_000 }, () => {
  let helperDir: string;
  let world: PipesWorld;
  let at: (side: 'local' | 'remote', path: string) => string;
  beforeAll(async () => {
    helperDir = await buildHelper();
  }, 120_000);
  afterAll(() => rmSync(helperDir, { recursive: true, force: true }));
  afterEach(() => world[Symbol.asyncDispose]());

  async function open(
    files: Partial<Record<'local' | 'remote', Record<string, string>>>,
    options?: PipesOptions,
  ) {
    world = await pipesWorld(helperDir, options);
    const { roots } = world;
    at = (side, path) => join(roots[side], path);
    for (const side of ['local', 'remote'] as const) put(roots[side], files[side] ?? {});
  }
  const start = async () => {
    world.sync.start();
    await world.sync.ready(20_000);
  };
  const arrived = (side: 'local' | 'remote', path: string, content: string, ms?: number) =>
    until(
      `${path} on the ${side} side`,
      () => existsSync(at(side, path)) && readFileSync(at(side, path), 'utf8') === content,
      ms,
    );
  const warned = (code: string) =>
    until(`the warning ${code}`, () => world.sync.log.some((line) => line.includes(`"code":"${code}"`)));
  /** Seconds of processor time the sync has used. */
  const cpu = (pid: number) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };

  it.each(['local', 'remote'] as const)('the disk of the %s side is full for a while', async (full) => {
    const other = full === 'local' ? 'remote' : 'local';
    await open({ local: { 'old.txt': 'old' } });
    if (!world.canFill) return console.log('skipped: no disk can be mounted here');
    await start();
    await world.agent(full).ask('fill');
    writeFileSync(at(other, 'large'), 'x'.repeat(1024 * 1024));
    await warned('SYNC_NO_SPACE');
    // Nothing half, and the other way is free.
    expect(existsSync(at(full, 'large'))).toBe(false);
    rmSync(at(full, 'old.txt'));
    await until('the removal', () => !existsSync(at(other, 'old.txt')));
    await world.agent(full).ask('free');
    await arrived(full, 'large', 'x'.repeat(1024 * 1024));
    expect(world.sync.ends).toEqual([]);
  });

  it.skipIf(cannotDeny)('a file that may not be read stops no other, and comes when it may be', async () => {
    await open({ local: { 'secret.txt': 'secret', 'a.txt': 'a' }, remote: { 'closed.txt': 'remote' } });
    // As long as the other one: only hashes can tell, and one cannot be had.
    put(world.roots.local, { 'closed.txt': 'closed' });
    for (const name of ['secret.txt', 'closed.txt']) chmodSync(at('local', name), 0);
    await start();
    await arrived('remote', 'a.txt', 'a');
    await warned('SYNC_PERMISSION');
    const before = cpu(world.sync.pid);
    await pause(2000);
    expect(cpu(world.sync.pid) - before).toBeLessThan(0.5);
    chmodSync(at('local', 'secret.txt'), 0o644);
    await arrived('remote', 'secret.txt', 'secret');
    writeFileSync(at('remote', 'later.txt'), 'later');
    await arrived('local', 'later.txt', 'later');
    expect(readFileSync(at('remote', 'closed.txt'), 'utf8')).toBe('remote');
  });

  it.skipIf(cannotDeny)(
    'a file in the way that may not be removed stops no other, and goes when it may',
    async () => {
      await open({ local: { 'dir/thing': 'a file' } });
      await start();
      await world.sync.end('SIGINT');
      chmodSync(at('local', 'dir'), 0o500);
      rmSync(at('remote', 'dir/thing'));
      mkdirSync(at('remote', 'dir/thing'));
      put(world.roots.remote, { 'dir/thing/in': 'in', 'b.txt': 'b' });
      await start();
      await arrived('local', 'b.txt', 'b');
      await warned('SYNC_PERMISSION');
      chmodSync(at('local', 'dir'), 0o755);
      await arrived('local', 'dir/thing/in', 'in');
    },
  );

  it('what waits for a file in the way goes on when there is space to keep that', async () => {
    await open({ local: { 'dir/old': 'old', 'a.txt': 'a' } });
    if (!world.canFill) return console.log('skipped: no disk can be mounted here');
    await start();
    world.sync.signal('SIGSTOP');
    rmSync(at('remote', 'dir'), { recursive: true });
    writeFileSync(at('remote', 'dir'), 'x'.repeat(64 * 1024));
    put(world.roots.local, { 'dir/new': 'new' });
    await world.agent('local').ask('fill');
    world.sync.signal('SIGCONT');
    await warned('SYNC_NO_SPACE');
    await world.agent('local').ask('free');
    await arrived('remote', 'dir/new', 'new');
    expect(readTrash(world.roots.local)['dir']).toHaveLength(64 * 1024);
  });

  it('both sides are edited while the machine sleeps', async () => {
    await open({ local: { 'a.txt': 'a', 'b.txt': 'b', 'both.txt': 'both' } });
    await start();
    world.sync.signal('SIGSTOP');
    put(world.roots.local, { 'a.txt': 'a, edited', 'both.txt': 'both, here' });
    put(world.roots.remote, { 'b.txt': 'b, edited', 'new.txt': 'new' });
    rmSync(at('remote', 'both.txt'));
    await pause(3000);
    world.sync.signal('SIGCONT');
    await arrived('remote', 'a.txt', 'a, edited');
    await arrived('local', 'b.txt', 'b, edited');
    await arrived('local', 'new.txt', 'new');
    // A change wins over a removal.
    await arrived('remote', 'both.txt', 'both, here');
    expect(world.sync.ends).toEqual([]);
  });

  it.skipIf(cannotLimit)('no more directories may be watched', async () => {
    const files = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`d${n}/a.txt`, 'a']));
    await open({ local: files }, { through: fewWatches });
    await start();
    await warned('SYNC_WATCH_LIMITED');
    put(world.roots.local, { 'd9/a.txt': 'from here' });
    put(world.roots.remote, { 'd8/a.txt': 'from there' });
    await arrived('remote', 'd9/a.txt', 'from here');
    await arrived('local', 'd8/a.txt', 'from there');
    rmSync(at('local', 'd7'), { recursive: true });
    await until('the removal', () => !('d7' in readTree(world.roots.remote)));
    // Once for each side.
    await pause(2500);
    expect(world.sync.warnings.get('SYNC_WATCH_LIMITED')).toBeLessThanOrEqual(2);
  });
});
