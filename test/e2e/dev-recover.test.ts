import { access, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultProxy } from '../cluster/index.js';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { answer, isFree, isReady, startEvents, synced, type MarkedCli } from '../rig/dev-run.js';
import { until } from '../rig/until.js';

describe('a dev run and what happens around it', () => {
  let namespace: Namespace;
  let project: WebProject;
  let proxy: FaultProxy;
  let KUBECONFIG: string;
  let dev: MarkedCli;

  const inPod = (script: string) => inContainer(namespace, 'deploy/web', script);
  const local = (name: string) => readFile(project.path(`www/${name}`), 'utf8').catch(() => undefined);
  const start = () =>
    // One of the tests takes most of the files away.
    startEvents(namespace, ['dev', '--no-open', '--allow-deletions'], {
      cwd: project.dir,
      env: { KUBECONFIG },
    });
  const stop = async () => {
    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);
  };

  beforeAll(async () => {
    namespace = await makeNamespace();
    project = await makeWebProject();
    ({ proxy, KUBECONFIG } = await faultyCluster(project));
    for (const name of ['both', 'removed-here', 'removed-there', 'kept'])
      await project.write(`www/${name}`, `${name}\n`);
    dev = start();
    await dev.event(isReady);
  });
  afterAll(async () => {
    await dev?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('merges what was edited on both sides while nothing ran', async () => {
    await stop();
    await project.write('www/new-here', 'new here\n');
    await project.write('www/both', 'edited here\n');
    await utimes(project.path('www/both'), new Date('2020-01-01'), new Date('2020-01-01'));
    await rm(project.path('www/removed-here'));
    await inPod('cd /app; echo new there > new-there; echo edited there > both; rm removed-there');
    dev = start();
    await dev.event(isReady);
    expect(await inPod('cd /app; ls; cat new-here both')).toBe(
      'both\nindex.html\nkept\nnew-here\nnew-there\nnew here\nedited there',
    );
    expect(await local('new-there')).toBe('new there\n');
    expect(await local('removed-there')).toBeUndefined();
    // Edited on both sides: the newer one wins, the other one is kept.
    expect(await local('both')).toBe('edited there\n');
    const conflict = await dev.event(ofType('sync-conflict'));
    expect(conflict).toMatchObject({ path: 'both', kept: 'remote' });
    expect(await local(conflict.savedAs)).toBe('edited here\n');
  });

  it('finds its way back after all connections were cut', async () => {
    proxy.cut();
    await project.write('www/after-cut', 'here\n');
    await inPod('echo there > /app/after-cut-there');
    await until('the new file there', async () => (await inPod('cat /app/after-cut')) === 'here');
    await until('the new file here', async () => (await local('after-cut-there')) === 'there\n');
    expect(await answer(`${project.url}/after-cut`)).toBe('here\n');
    await dev.event(ofType('log', ({ line }) => line.includes('url:/after-cut')));
    // The helper of the lost connection did not stay behind.
    const helpers = async () =>
      (await syncLeftovers(namespace, 'deploy/web')).split('\n').filter((line) => line.includes(' serve'));
    await until('one helper', async () => (await helpers()).length === 1);
  });

  it('starts a new helper when somebody kills it', async () => {
    await inPod(
      'for dir in /proc/[0-9]*; do case $(readlink $dir/exe) in */devspace-helper-*) kill -9 ${dir#/proc/};; esac; done',
    );
    await project.write('www/after-kill', 'here\n');
    await until('the new file', async () => (await inPod('cat /app/after-kill')) === 'here');
  });

  it('gets ready although the connections are cut during the first sync', async () => {
    await stop();
    const names = Array.from({ length: 1000 }, (_, index) => `many/${index}`);
    await Promise.all(names.map((name) => project.write(`www/${name}`, `${name}\n`.repeat(100))));
    dev = start();
    await dev.event(ofType('sync-change'));
    proxy.cut();
    await dev.event(isReady);
    expect(dev.events().some(ofType('warning', ({ code }) => code === 'SYNC_STREAM_LOST'))).toBe(true);
    expect(await inPod('ls /app/many | wc -l; wc -c < /app/many/999')).toBe('1000\n900');
    await rm(project.path('www/many'), { recursive: true });
    await until('the removal', async () => !(await inPod('ls /app')).includes('many'));
  });

  it('carries on in the container that replaces a deleted one, and deletes nothing here', async () => {
    await inPod('echo only there > /app/late; sync');
    await dev.event(synced('late', 'down'));
    await namespace.kubectl(['delete', 'pod', '--selector', 'app=web', '--wait=false']);
    await dev.event(ofType('warning', ({ code }) => code === 'SYNC_STREAM_LOST'));
    await until(
      'the second start',
      () => dev.events().filter(ofType('sync', ({ state }) => state === 'initial-done')).length >= 2,
    );
    // Everything from here, in a container that was made from the old image.
    await until(
      'the files',
      async () => (await inPod('cat /app/late /app/both')) === 'only there\nedited there',
    );
    expect(await local('late')).toBe('only there\n');
    expect(await local('kept')).toBe('kept\n');
    await until('the forward', async () => (await answer(`${project.url}/kept`)) === 'kept\n');
    await dev.event(ofType('log', ({ line }) => line.includes('url:/kept')));
    await project.write('www/kept', 'edited\n');
    await until('the edit', async () => (await answer(`${project.url}/kept`)) === 'edited\n');
  });

  it('keeps the newer of two edits of a file, whichever side it is on, and the other in the trash', async () => {
    // Nobody can sync while the connection is held.
    proxy.hold();
    await inPod('echo from there > /app/kept');
    await project.write('www/kept', 'from here\n');
    await utimes(project.path('www/kept'), new Date(), new Date(Date.now() + 5000));
    proxy.release();
    const conflict = await dev.event(ofType('sync-conflict', ({ path }) => path === 'kept'));
    expect(conflict.kept).toBe('local');
    await until('the newer one', async () => (await inPod('cat /app/kept')) === 'from here');
    expect(await local('kept')).toBe('from here\n');
    expect(await local(conflict.savedAs)).toBe('from there\n');
  });

  it('stops although the network is silent', async () => {
    proxy.hold();
    const before = performance.now();
    await stop();
    expect(performance.now() - before).toBeLessThan(5000);
    expect(await dev.processes()).toEqual([]);
    expect(await isFree(project.port)).toBe(true);
    proxy.cut();
    await until('the end of the helper', async () => (await syncLeftovers(namespace, 'deploy/web')) === '');
    await access(project.path('www/kept'));
    expect((await readdir(project.path('www'))).filter((name) => name.includes('stage'))).toEqual([]);
  });
});
