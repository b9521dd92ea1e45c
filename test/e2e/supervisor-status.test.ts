import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/report/events.js';
import type { RunRecord } from '../../src/state/run-record.js';
import { allWorks } from '../rig/all-works.js';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType, runCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer } from '../rig/container.js';
import { isReady, startEvents, type MarkedCli } from '../rig/dev-run.js';
import { until } from '../rig/until.js';

interface Result {
  runs: (Omit<RunRecord, 'state'> & { command: string; state: string; running: boolean })[];
}

describe('a dev run whose pod goes, as seen from outside', () => {
  let namespace: Namespace;
  let project: WebProject;
  let dev: MarkedCli;

  const status = async (): Promise<Result['runs'][number] | undefined> => {
    const { stdout } = await runCli(['status', '--output', 'json'], { cwd: project.dir });
    return (JSON.parse(stdout) as Result).runs[0];
  };
  const works = async (what: string, since: number) => {
    const { allMs, equalMs } = await allWorks({ namespace, project, dev }, since);
    console.log(`${what}: equal after ${equalMs} ms, ports and logs after ${allMs} ms`);
  };
  const recoveries = () => dev.events().filter(ofType('run', ({ recoveredMs }) => recoveredMs !== undefined));

  beforeAll(async () => {
    namespace = await makeNamespace();
    project = await makeWebProject();
    dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await dev.event(isReady);
  });
  afterAll(async () => {
    await dev?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('tells of the run and each of its services', async () => {
    let states: string[] | undefined;
    const run = await until('all to work', async () => {
      const found = await status();
      states = found?.services.map(({ service, state }) => `${service} ${state}`).toSorted();
      return states?.join() === 'logs working,network working,ports working,sync working,target working'
        ? found
        : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${states?.join()}`);
    });
    expect(run).toMatchObject({
      command: 'dev',
      pid: dev.child.pid,
      folder: project.dir,
      namespace: namespace.name,
      state: 'running',
      running: true,
    });
    const { stdout } = await runCli(['status'], { cwd: project.path('www') });
    expect(stdout).toContain(`devspace dev in ${project.dir}`);
    expect(stdout).toMatch(/^ {2}Cluster: {2}context \S+, namespace devspace-e2e-\w+$/m);
    expect(stdout).toMatch(/^ {2}sync .*\/www <-> \/app +web-\S+ +working +\d+s$/m);
  });

  it('goes on with the pod that replaces a deleted one', async () => {
    const before = recoveries().length;
    await namespace.kubectl(['delete', 'pod', '--selector', 'app=web', '--wait=false']);
    const isLost = ofType('run', ({ state }) => state === 'recovering');
    await dev.event(isLost);
    await works('pod deleted (with the time to make a new one)', performance.now());
    await until('the recovery', () => recoveries().length > before);
    const told = dev.events().filter((event: Event) => event.type === 'service' && event.state === 'waiting');
    expect(told).toContainEqual(expect.objectContaining({ service: 'sync', code: 'SYNC_STREAM_LOST' }));
  });

  it('goes on in a container that was restarted', async () => {
    const before = recoveries().length;
    await inContainer(namespace, 'deploy/web', 'kill -9 -1; kill 1').catch(() => undefined);
    await until(
      'the loss',
      () => dev.events().filter(ofType('run', ({ state }) => state === 'recovering')).length > before,
    );
    await works('container restarted', performance.now());
    await until('the recovery', () => recoveries().length > before);
  });

  it('is told as lost when it was killed, and as stopped after its end', async () => {
    dev.child.kill('SIGKILL');
    await dev.exited;
    expect(await status()).toMatchObject({ state: 'lost', running: false });
    const { stdout } = await runCli(['status'], { cwd: project.dir });
    expect(stdout).toContain(`stopped: process ${dev.child.pid} ended without a word`);
    dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await dev.event(isReady);
    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);
    expect(await status()).toMatchObject({ state: 'stopped', running: false });
  });
});
