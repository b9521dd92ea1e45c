import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofType, runCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { startEvents } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

const isThrough = ofType('sync', ({ state }) => state === 'initial-done');

describe('looking at a sync, and undoing what it did', () => {
  let namespace: Namespace;
  const inPod = (script: string) => inContainer(namespace, 'one', script);
  const run = (cwd: string, ...args: string[]) => runCli(args, { cwd });

  beforeAll(async () => {
    namespace = await makeNamespace();
    await startPod(namespace, { name: 'one', image: await pushedBusybox() });
  });
  afterAll(() => namespace?.[Symbol.asyncDispose]());

  it('shows the sync, verifies it, undoes a deletion, and tells why', async () => {
    await using folder = await makeProject({ 'a.txt': 'a\n', 'd/b.txt': 'b\n', 'c.log': 'log\n' });
    await inPod('mkdir -p /srv/one; mkfifo /srv/one/pipe');
    const flags = ['--pod', 'one', '--container-path', '/srv/one', '--exclude', '*.log'];
    await using sync = startEvents(namespace, ['sync', ...flags], { cwd: folder.dir });
    await sync.event(isThrough);

    const status = await until('the record', async () => {
      const { stdout } = await run(folder.dir, 'sync', 'status');
      return /watching/.test(stdout) && stdout;
    });
    expect(status).toContain(`${folder.dir} <-> /srv/one, pod one, container main\n`);
    expect(status).toMatch(/State: +watching for \d+s \(devspace sync, process \d+\)\n/);
    expect(status).toMatch(/Changes: +3 up, 0 down\n/);
    expect(status).toMatch(/Not synced: 1\n +pipe .*fifo/i);
    expect((await run(folder.dir, 'status', 'sync')).stdout).toMatch(
      /^Active +one +.* \/srv\/one +\d+s +3$/m,
    );

    // Without flags: what was synced from here before, and runs.
    const equal = await run(folder.dir, 'sync', 'verify');
    expect(equal.stderr).toMatch(/done .* and \/srv\/one are equal \(2 files, 4 B in /);
    expect(equal).toMatchObject({ code: 0, stdout: '' });

    await inPod('rm /srv/one/d/b.txt');
    await sync.event(ofType('sync-change', ({ action, path }) => action === 'remove' && path === 'd/b.txt'));
    expect((await run(folder.dir, 'sync', 'undo', '--list')).stdout).toMatch(
      /deleted in the container .*d\/b\.txt$/m,
    );
    expect(await run(folder.dir, 'sync', 'undo')).toMatchObject({ code: 0, stdout: 'd/b.txt\n' });
    expect(await readFile(folder.path('d/b.txt'), 'utf8')).toBe('b\n');
    await until('the file in the container', async () => (await inPod('cat /srv/one/d/b.txt')) === 'b');

    expect((await run(folder.dir, 'sync', 'reset')).stderr).toMatch(/error SYNC_RUNNING/);
    sync.child.kill('SIGINT');
    expect((await sync.exited).code).toBe(0);
    expect((await run(folder.dir, 'sync', 'status')).stdout).toMatch(/State: +stopped for /);

    // Nobody carries it over now.
    await folder.write('a.txt', 'A\n');
    await inPod('echo new > /srv/one/new.txt');
    const differs = await run(folder.dir, 'sync', 'verify');
    expect(differs.stdout).toBe('a.txt: same size, other content\nnew.txt: only in the container\n');
    expect(differs.code).toBe(1);
    expect(await syncLeftovers(namespace, 'one')).toBe('');

    const why = async (path: string, ...more: string[]) =>
      (await run(folder.dir, 'sync', 'why', path, ...more)).stdout;
    expect(await why('a.txt')).toMatch(
      /^a\.txt was changed here; the next merge copies it into the container\.\n[^]*Here: +file .*sha256[^]*Container: +file[^]*Last synced: +file, 2 B/,
    );
    expect(await why('new.txt')).toMatch(
      /^new\.txt is only in the container; the next merge copies it here\.\n/,
    );
    expect(await why('d/b.txt')).toMatch(/^d\/b\.txt is the same on both sides\.\n/);
    expect(await why('c.log')).toMatch(
      /^c\.log is not synced: it is excluded by "\*\.log" of excludePaths\.\n/,
    );
    expect(await why('pipe')).toMatch(/^pipe is not synced: it is a fifo in the container\.\n/i);
    expect(await why('a.txt', '--no-cluster')).toMatch(/^a\.txt was changed here since the last sync\.\n/);

    await rm(folder.path('a.txt'));
    const named = await run(folder.dir, 'sync', 'verify', ...flags, '-n', namespace.name, '--output', 'json');
    const { equal: isEqual, syncs } = JSON.parse(named.stdout.trimEnd().split('\n').at(-1) ?? '') as {
      equal: boolean;
      syncs: { differences: { path: string; what: string }[] }[];
    };
    expect(isEqual).toBe(false);
    expect(syncs[0]?.differences.map(({ path, what }) => [path, what])).toEqual([
      ['a.txt', 'only-there'],
      ['new.txt', 'only-there'],
    ]);
  });
});
