import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Daemon, mustRun, runningDaemon, startDaemon, stopDaemon } from './daemon.js';
import { clusterLayout, type Layout } from './paths.js';
import { waitFor } from './wait.js';

let folder: string;
let layout: Layout;
const sleeper: Daemon = { name: 'sleeper', program: 'sleep', args: ['1000'] };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'daemon-test-'));
  layout = { ...clusterLayout({ DEVSPACE_CLUSTER_DIR: folder }), run: path.join(folder, 'run') };
});

afterEach(async () => {
  await stopDaemon('sleeper', layout);
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('a daemon', () => {
  test('is started once and stopped', async () => {
    expect(await startDaemon(sleeper, layout)).toBe(true);
    const first = await runningDaemon('sleeper', layout);
    expect(await startDaemon(sleeper, layout)).toBe(false);
    expect(await runningDaemon('sleeper', layout)).toEqual(first);
    expect(await stopDaemon('sleeper', layout)).toBe(true);
    expect(await runningDaemon('sleeper', layout)).toBeUndefined();
    expect(await readdir(layout.run)).toEqual([]);
  });

  test('that ignores SIGTERM is killed', async () => {
    const deaf = {
      name: 'sleeper',
      program: 'sh',
      args: ['-c', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done'],
    };
    await startDaemon(deaf, layout);
    const log = path.join(layout.log, 'sleeper.log');
    await waitFor('deafness', 5, async () => (await readFile(log, 'utf8')).includes('deaf'));
    expect(await stopDaemon('sleeper', layout, 0.1)).toBe(true);
    expect(await runningDaemon('sleeper', layout)).toBeUndefined();
  });

  test('is not another process that got its id', async () => {
    await startDaemon(sleeper, layout);
    const identity = await runningDaemon('sleeper', layout);
    const file = path.join(layout.run, 'sleeper.pid.json');
    await writeFile(file, JSON.stringify({ ...identity, startTime: '1' }));
    expect(await runningDaemon('sleeper', layout)).toBeUndefined();
    await writeFile(file, JSON.stringify(identity));
  });

  test('that ended at once is reported with the end of its log', async () => {
    const broken = { name: 'sleeper', program: 'sh', args: ['-c', 'echo no such option >&2; exit 1'] };
    await startDaemon(broken, layout).catch(() => {});
    await waitFor('the end', 5, async () => !(await runningDaemon('sleeper', layout)));
    await expect(mustRun('sleeper', layout)).rejects.toMatchObject({
      code: 'CLUSTER_DAEMON_ENDED',
      details: ['no such option'],
    });
  });
});
