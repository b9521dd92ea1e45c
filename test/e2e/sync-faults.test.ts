import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultProxy } from '../cluster/index.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { startEvents, type MarkedCli } from '../rig/dev-run.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

const MIB = 1024 * 1024;
const isThrough = ofType('sync', ({ state }) => state === 'initial-done');
const sha = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('a sync through a bad network, into a container that is not root', () => {
  let namespace: Namespace;
  let folder: Project;
  let proxy: FaultProxy;
  let KUBECONFIG: string;
  let sync: MarkedCli;

  const inPod = (script: string) => inContainer(namespace, 'one', script);
  const local = (name: string) => readFile(folder.path(`src/${name}`)).catch(() => undefined);
  const remoteSha = async (path: string) =>
    (await inPod(`sha256sum ${path} 2>/dev/null || true`)).split(' ')[0] ?? '';
  const start = (path: string, localPath: string) =>
    startEvents(
      namespace,
      ['sync', '-l', 'app=one', '--local-path', localPath, '--container-path', path, '--allow-deletions'],
      { cwd: folder.dir, env: { KUBECONFIG } },
    );

  beforeAll(async () => {
    namespace = await makeNamespace();
    folder = await makeProject({ 'src/a.txt': 'a\n' });
    ({ proxy, KUBECONFIG } = await faultyCluster(folder));
    await startPod(namespace, {
      name: 'one',
      image: await pushedBusybox(),
      command: ['sh', '-c', 'trap "exit 1" TERM; mkdir -p /tmp/data; while :; do sleep 0.2; done'],
      container: {
        workingDir: '/tmp',
        securityContext: { runAsUser: 1000, runAsGroup: 1000 },
        volumeMounts: [{ name: 'small', mountPath: '/small' }],
      },
      spec: {
        restartPolicy: 'Always',
        volumes: [{ name: 'small', emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } }],
      },
    });
    sync = start('/tmp/data', 'src');
    await sync.event(isThrough);
  });
  afterAll(async () => {
    await sync?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
  });

  it('is cut in the middle of a file on its way up', async () => {
    const content = randomBytes(48 * MIB);
    await folder.write('outside', content);
    const before = proxy.bytes().up;
    await rename(folder.path('outside'), folder.path('src/big-up'));
    await until('a part of it on its way', () => Promise.resolve(proxy.bytes().up - before > 4 * MIB));
    proxy.cut();
    // Never a part of it under its name.
    expect(['', sha(content)]).toContain(await remoteSha('/tmp/data/big-up'));
    await until('all of it', async () => (await remoteSha('/tmp/data/big-up')) === sha(content));
  });

  it('is cut in the middle of a file on its way down', async () => {
    const before = proxy.bytes().down;
    await inPod('head -c 50331648 /dev/urandom >/tmp/outside && mv /tmp/outside /tmp/data/big-down');
    await until('a part of it on its way', () => Promise.resolve(proxy.bytes().down - before > 4 * MIB));
    proxy.cut();
    const expected = await remoteSha('/tmp/data/big-down');
    const seen = await local('big-down');
    expect([undefined, expected]).toContain(seen && sha(seen));
    await until('all of it', async () => sha((await local('big-down')) ?? Buffer.alloc(0)) === expected);
    await Promise.all(['big-up', 'big-down'].map((name) => rm(folder.path(`src/${name}`))));
    await until('their removal', async () => (await inPod('ls /tmp/data')) === 'a.txt');
  });

  it('finds the API server away for five seconds, while both sides are edited', async () => {
    await proxy.refuse(true);
    proxy.cut();
    await folder.write('src/here', 'here\n');
    await inPod('echo there >/tmp/data/there');
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await proxy.refuse(false);
    await until('the edit from here', async () => (await inPod('cat /tmp/data/here 2>&1')) === 'here');
    await until('the edit from there', async () => String(await local('there')) === 'there\n');
  });

  it('cannot write into one directory, goes on with the rest, and makes up for it', async () => {
    await inPod('mkdir /tmp/data/closed && chmod 555 /tmp/data/closed');
    await sync.event(ofType('sync-change', ({ path }) => path === 'closed'));
    await folder.write('src/closed/denied', 'denied\n');
    await folder.write('src/open', 'open\n');
    await until('the other file', async () => (await inPod('cat /tmp/data/open 2>&1')) === 'open');
    await sync.event(ofType('warning', ({ code }) => code === 'SYNC_PERMISSION'));
    await inPod('chmod 755 /tmp/data/closed');
    await until('the file', async () => (await inPod('cat /tmp/data/closed/denied 2>&1')) === 'denied');
  });

  it('fills a container that was restarted, and loses nothing here', async () => {
    await inPod('kill 1');
    await until('a new container', async () => (await inPod('ls /tmp/data 2>&1').catch(() => '')) !== '');
    await until(
      'the files',
      async () => (await inPod('cat /tmp/data/here /tmp/data/open 2>&1')) === 'here\nopen',
    );
    expect(String(await local('there'))).toBe('there\n');
  });

  it('finds the disk of the container full, goes on with the rest, and makes up for it', async () => {
    await folder.write('small/big', randomBytes(8 * MIB));
    await folder.write('small/one', '1\n');
    await using full = start('/small', 'small');
    await full.event(ofType('warning', ({ code }) => code === 'SYNC_NO_SPACE'));
    await until('the small file', async () => (await inPod('cat /small/one 2>&1')) === '1');
    expect(await inPod('ls /small')).toBe('one');
    await folder.write('small/big', randomBytes(MIB));
    await until('the big one, smaller', async () => (await inPod('wc -c </small/big 2>&1')) === String(MIB));
    full.child.kill('SIGINT');
    expect((await full.exited).code).toBe(0);
  });

  it('leaves nothing behind', async () => {
    sync.child.kill('SIGINT');
    expect((await sync.exited).code).toBe(0);
    await until('the end of the helpers', async () => (await syncLeftovers(namespace, 'one')) === '');
  });
});
