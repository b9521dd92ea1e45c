import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofType } from '../rig/cli.js';
import { makeNamespace, REGISTRY, type Namespace } from '../rig/cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { startEvents, startMarked, synced } from '../rig/dev-run.js';
import { pushedBusybox, pushedImage } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

const isThrough = ofType('sync', ({ state }) => state === 'initial-done');

describe.concurrent('syncing with containers that lack something', () => {
  let namespace: Namespace;
  let busybox: string;
  beforeAll(async () => {
    namespace = await makeNamespace();
    busybox = await pushedBusybox();
  });
  afterAll(() => namespace?.[Symbol.asyncDispose]());

  const inPod = (pod: string, script: string) => inContainer(namespace, pod, script);
  const startSync = (folder: Project, pod: string, containerPath: string) =>
    startEvents(namespace, ['sync', '--pod', pod, '--container-path', containerPath], { cwd: folder.dir });

  /** Up with its mode, and down. */
  async function syncsBothWays(pod: string, containerPath: string): Promise<void> {
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    await folder.write('bin/run', '#!/bin/sh\necho it runs\n', 0o755);
    await using sync = startSync(folder, pod, containerPath);
    await sync.event(isThrough);
    expect(await inPod(pod, `cat ${containerPath}/a.txt; ${containerPath}/bin/run`)).toBe('a\nit runs');
    await inPod(pod, `echo there > ${containerPath}/there.txt`);
    await sync.event(synced('there.txt', 'down'));
    expect(await readFile(folder.path('there.txt'), 'utf8')).toBe('there\n');
    sync.child.kill('SIGINT');
    expect(await sync.exited).toMatchObject({ code: 0, stderr: '' });
    expect(await syncLeftovers(namespace, pod)).toBe('');
  }

  it('no tar and no gzip', async () => {
    // busybox would have both without their files.
    const ref = `${REGISTRY}/e2e-bare:1`;
    await pushedImage(ref, 'FROM debian:bookworm\nRUN rm -f /bin/tar /bin/gzip && mkdir /work\n');
    await startPod(namespace, { name: 'bare', image: ref });
    expect(await inPod('bare', 'command -v tar gzip || echo none')).toBe('none');
    await syncsBothWays('bare', '/work');
  });

  it('a read-only root file system, with a volume at /tmp', async () => {
    await startPod(namespace, {
      name: 'read-only',
      image: busybox,
      container: {
        securityContext: { readOnlyRootFilesystem: true },
        workingDir: '/code',
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'code', mountPath: '/code' },
        ],
      },
      spec: {
        volumes: [
          { name: 'tmp', emptyDir: {} },
          { name: 'code', emptyDir: {} },
        ],
      },
    });
    await expect(inPod('read-only', 'echo > /file')).rejects.toThrow('Read-only file system');
    await syncsBothWays('read-only', '/code');
  });

  it('a read-only root file system without /tmp: another volume is found', async () => {
    await startPod(namespace, {
      name: 'read-only-data',
      image: busybox,
      container: {
        securityContext: { readOnlyRootFilesystem: true, runAsUser: 12345, runAsGroup: 12345 },
        workingDir: '/code',
        volumeMounts: [
          { name: 'code', mountPath: '/code' },
          { name: 'data', mountPath: '/var/lib/data' },
        ],
      },
      spec: {
        securityContext: { fsGroup: 12345 },
        volumes: [
          { name: 'code', emptyDir: {} },
          { name: 'data', emptyDir: {} },
        ],
      },
    });
    await expect(inPod('read-only-data', 'echo > /tmp/file')).rejects.toThrow();
    await syncsBothWays('read-only-data', '/code');
  });

  it('only the synced volume can be written to: it is the last resort', async () => {
    await startPod(namespace, {
      name: 'read-only-code',
      image: busybox,
      container: {
        securityContext: { readOnlyRootFilesystem: true },
        workingDir: '/code',
        volumeMounts: [{ name: 'code', mountPath: '/code' }],
      },
      spec: { volumes: [{ name: 'code', emptyDir: {} }] },
    });
    await syncsBothWays('read-only-code', '/code');
  });

  it('a random user without an entry in passwd and without rights at home, as restricted as pods can be', async () => {
    await startPod(namespace, {
      name: 'random-user',
      image: busybox,
      container: {
        env: [{ name: 'HOME', value: '/' }],
        workingDir: '/code',
        securityContext: {
          runAsUser: 1000650000,
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
        volumeMounts: [{ name: 'code', mountPath: '/code' }],
      },
      spec: { securityContext: { fsGroup: 1000650000 }, volumes: [{ name: 'code', emptyDir: {} }] },
    });
    expect(await inPod('random-user', 'id -u; echo $HOME')).toBe('1000650000\n/');
    await syncsBothWays('random-user', '/code');
  });

  it('eight runs at once in one container', async () => {
    await startPod(namespace, { name: 'busy', image: busybox });
    await inPod('busy', 'mkdir -p /work');
    const runs = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const folder = await makeProject({ 'a.txt': `a${index}\n` });
        await inPod('busy', `mkdir -p /work/${index}`);
        return { folder, sync: startSync(folder, 'busy', `/work/${index}`) };
      }),
    );
    try {
      await Promise.all(runs.map(({ sync }) => sync.event(isThrough)));
      expect(await inPod('busy', 'cat /work/[0-7]/a.txt')).toBe('a0\na1\na2\na3\na4\na5\na6\na7');
      for (const { sync } of runs) sync.child.kill('SIGINT');
      const ends = await Promise.all(runs.map(({ sync }) => sync.exited));
      expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      expect(await syncLeftovers(namespace, 'busy')).toBe('');
    } finally {
      for (const { folder, sync } of runs) {
        await sync[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      }
    }
  });

  it('nowhere to write at all: says so', async () => {
    const container = {
      securityContext: { readOnlyRootFilesystem: true, runAsUser: 12345 },
      workingDir: '/bin',
    };
    await startPod(namespace, { name: 'no-disk', image: busybox, container });
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    const flags = ['--pod', 'no-disk', '--container-path', '/bin'];
    await using sync = startMarked(namespace, ['sync', ...flags], { cwd: folder.dir });
    const { code, stderr } = await sync.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error SYNC_NO_WRITABLE_DIR: /m);
  });

  it('no rights beyond some folders: the rest is told file by file, and stops nothing', async () => {
    const ref = `${REGISTRY}/e2e-closed:1`;
    await pushedImage(
      ref,
      `FROM busybox:1
RUN mkdir -p /work/closed /work/open && chmod 755 /work/closed && chmod 777 /work /work/open && echo secret > /work/secret && chmod 600 /work/secret
`,
    );
    const container = { securityContext: { runAsUser: 12345, runAsGroup: 12345 } };
    await startPod(namespace, { name: 'nobody', image: ref, container });
    expect(await inPod('nobody', 'id -u')).toBe('12345');
    await syncsBothWays('nobody', '/work/open');

    await using folder = await makeProject({ 'closed/a.txt': 'a\n', 'open/b.txt': 'b\n', 'c.txt': 'c\n' });
    await using sync = startSync(folder, 'nobody', '/work');
    await sync.event(isThrough);
    expect(await inPod('nobody', 'cd /work; cat open/b.txt c.txt; ls closed')).toBe('b\nc');
    const warnings = sync.events().flatMap((event) => (event.type === 'warning' ? [event] : []));
    expect(warnings.map(({ code, text }) => `${code} ${text}`).sort()).toEqual([
      'SYNC_PERMISSION In the container: closed/a.txt: permission denied.',
      'SYNC_SKIPPED secret (in the container) is not synced: permission denied.',
    ]);
    await folder.write('open/later.txt', 'later\n');
    await until('a later file', async () => (await inPod('nobody', 'cat /work/open/later.txt')) === 'later');
    sync.child.kill('SIGINT');
    expect((await sync.exited).code).toBe(0);
  });
});
