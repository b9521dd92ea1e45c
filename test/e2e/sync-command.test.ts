import { access, readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { startEvents, startMarked, synced, type MarkedCli } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

const isThrough = ofType('sync', ({ state }) => state === 'initial-done');

describe('devspace sync, without a project', () => {
  let namespace: Namespace;
  let image: string;
  const inPod = (script: string, pod = 'one') => inContainer(namespace, pod, script);
  const stop = async (sync: MarkedCli) => {
    sync.child.kill('SIGINT');
    return (await sync.exited).code;
  };

  beforeAll(async () => {
    namespace = await makeNamespace();
    image = await pushedBusybox();
    await Promise.all(['one', 'two'].map((name) => startPod(namespace, { name, image })));
  });
  afterAll(() => namespace?.[Symbol.asyncDispose]());

  it('syncs the given folders with the given pod, both ways', async () => {
    await using folder = await makeProject({
      'src/here.txt': 'here\n',
      'src/node_modules/left/out.js': 'x',
      'src/skip.log': 'x',
      'outside.txt': 'x',
    });
    await inPod('mkdir -p /srv/code; cd /srv/code; echo there > there.txt; echo x > remote.log');
    const flags = ['--pod', 'one', '--local-path', 'src', '--container-path', '/srv/code'];
    const patterns = ['--exclude', 'node_modules/', '-e', '*.log'];
    await using sync = startEvents(namespace, ['sync', ...flags, ...patterns], { cwd: folder.dir });
    await sync.event(isThrough);
    expect(await inPod('ls /srv/code')).toBe('here.txt\nremote.log\nthere.txt');
    expect((await readdir(folder.path('src'))).filter((name) => name !== '.devspace').sort()).toEqual([
      'here.txt',
      'node_modules',
      'skip.log',
      'there.txt',
    ]);
    await folder.write('src/later.txt', 'later\n');
    await sync.event(synced('later.txt', 'up'));
    expect(await inPod('cat /srv/code/later.txt')).toBe('later');
    await inPod('echo changed > /srv/code/here.txt');
    await until(
      'the change',
      async () => (await readFile(folder.path('src/here.txt'), 'utf8')) === 'changed\n',
    );
    expect(await stop(sync)).toBe(0);
    expect(await sync.processes()).toEqual([]);
    expect(await syncLeftovers(namespace, 'one')).toBe('');
  });

  it('leaves alone what only the container has, when told to', async () => {
    await using folder = await makeProject({ 'here.txt': 'here\n' });
    await inPod('mkdir -p /srv/data/big; cd /srv/data; echo there > there.txt; echo x > big/file');
    const flags = ['-l', 'app=one', '--container-path', '/srv/data', '--no-download-on-initial-sync'];
    await using sync = startEvents(namespace, ['sync', ...flags], { cwd: folder.dir });
    await sync.event(isThrough);
    expect(await inPod('ls /srv/data')).toBe('big\nhere.txt\nthere.txt');
    await expect(access(folder.path('there.txt'))).rejects.toThrow('ENOENT');
    // What is made later is brought here.
    await inPod('echo new > /srv/data/new.txt');
    await sync.event(synced('new.txt', 'down'));
    await expect(access(folder.path('big'))).rejects.toThrow('ENOENT');
    expect(await stop(sync)).toBe(0);
    expect(await inPod('ls /srv/data')).toBe('big\nhere.txt\nnew.txt\nthere.txt');
  });

  it("takes the container's working directory and the folder it is run in by default", async () => {
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    await using sync = startMarked(namespace, ['sync', '--pod', 'two', '--verbose'], { cwd: folder.dir });
    await sync.printed(/Syncing\. Press Ctrl-C to stop\./);
    expect(sync.output().stderr).toMatch(/sync -> create a\.txt/);
    expect(await inPod('cat /work/a.txt', 'two')).toBe('a');
    expect(await stop(sync)).toBe(0);
    expect(sync.output().stdout).toBe('');
  });

  it('lists the containers when it is not clear which one, and nobody can be asked', async () => {
    await using folder = await makeProject({});
    await using sync = startMarked(namespace, ['sync'], { cwd: folder.dir });
    const { code, stderr } = await sync.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error TARGET_AMBIGUOUS: /m);
    expect(stderr).toMatch(/--pod one -c main +\(Running\)/);
    expect(stderr).toMatch(/--pod two -c main +\(Running\)/);
    expect(stderr).toMatch(/hint: .*--pod/);
  });

  it('follows labels to the pod that replaces the first, and ends with a pod that was named', async () => {
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    await startPod(namespace, { name: 'old', image, labels: { tier: 'web' } });
    const start = (...flags: string[]) =>
      startEvents(namespace, ['sync', ...flags, '--timeout', '20'], { cwd: folder.dir });
    await using byLabels = start('-l', 'tier=web');
    await byLabels.event(isThrough);
    await using byName = start('--pod', 'old', '--container-path', '/tmp');
    await byName.event(isThrough);
    await namespace.kubectl(['delete', 'pod', 'old']);
    expect(await byName.exited).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error POD_NOT_FOUND: .*old/) as string,
    });
    await startPod(namespace, { name: 'new', image, labels: { tier: 'web' } });
    await until('the file', async () => (await inPod('cat /work/a.txt', 'new')) === 'a');
    expect(await stop(byLabels)).toBe(0);
  });

  it('stops when everything in the container is gone, and deletes nothing here', async () => {
    await using folder = await makeProject({ 'a.txt': 'a\n', 'b/c.txt': 'c\n', 'b/d.txt': 'd\n' });
    await inPod('mkdir /srv/wiped');
    const flags = ['--pod', 'one', '--container-path', '/srv/wiped'];
    await using sync = startEvents(namespace, ['sync', ...flags], { cwd: folder.dir });
    await sync.event(isThrough);
    await inPod('rm -rf /srv/wiped/*');
    const { code, stderr } = await sync.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error SYNC_ROOT_EMPTIED: /);
    expect(await readFile(folder.path('b/d.txt'), 'utf8')).toBe('d\n');
    expect(await syncLeftovers(namespace, 'one')).toBe('');
  });

  it('says what does not exist', async () => {
    await using folder = await makeProject({});
    const cases: [string[], RegExp][] = [
      [['--pod', 'three'], /error POD_NOT_FOUND: .*three/],
      [['--pod', 'one', '-c', 'sidecar'], /error CONTAINER_NOT_FOUND: .*"sidecar"/],
      [['--pod', 'one', '--container-path', '/nowhere'], /error SYNC_PATH_MISSING: .*\/nowhere/],
      [['--pod', 'one', '--local-path', 'nowhere'], /error SYNC_LOCAL_PATH_MISSING: .*nowhere/],
      [['--pod', 'one', '--timeout', 'soon'], /error USAGE: --timeout/],
    ];
    await Promise.all(
      cases.map(async ([flags, message]) => {
        await using sync = startMarked(namespace, ['sync', ...flags], { cwd: folder.dir });
        const { code, stderr } = await sync.exited;
        expect(stderr).toMatch(message);
        expect(code).toBe(1);
      }),
    );
  });
});
