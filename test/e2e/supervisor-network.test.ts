import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { FaultProxy } from '../cluster/index.js';
import { allWorks } from '../rig/all-works.js';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { answer, isFree, isReady, startEvents, type MarkedCli } from '../rig/dev-run.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { until } from '../rig/until.js';

/** How long the long cut takes: DEVSPACE_TEST_CUT_S=60, which `npm test` does not wait for. */
const CUT_S = Number(process.env.DEVSPACE_TEST_CUT_S ?? 5);
/** Less than ten seconds may pass for a busy machine. */
const STOPPED_S = Number(process.env.DEVSPACE_TEST_STOP_S ?? 12);
/**
 * What is promised (docs/supervision.md). Two cores that the tests share with a whole cluster, which has to start processes in the container to
 * look, may take twice as long; the figure itself is printed.
 */
const PROMISED_MS = { afterCut: 2000, silentlyDead: 15_000, load: 2 } as const;

describe('a dev run whose network goes and comes back', () => {
  let namespace: Namespace;
  let project: WebProject;
  let proxy: FaultProxy;
  let dev: MarkedCli;

  /** Milliseconds until all works, printed, for nothing else shows how fast it was. */
  const worksAfter = async (what: string, since: number) => {
    const { allMs, equalMs } = await allWorks({ namespace, project, dev }, since);
    console.log(`${what}: equal after ${equalMs} ms, ports and logs after ${allMs} ms`);
    return equalMs;
  };
  const isGone = ofType('service', ({ service, state }) => service === 'network' && state === 'waiting');
  const recovered = (count: number) => until('the recovery', () => recoveries() >= count);
  const recoveries = () =>
    dev.events().filter(ofType('run', ({ recoveredMs }) => recoveredMs !== undefined)).length;

  beforeAll(async () => {
    namespace = await makeNamespace();
    project = await makeWebProject();
    const cluster = await faultyCluster(project);
    proxy = cluster.proxy;
    const env = { KUBECONFIG: cluster.KUBECONFIG };
    dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir, env });
    await dev.event(isReady);
    await allWorks({ namespace, project, dev }, 0);
  });
  afterAll(async () => {
    await dev?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it(`has everything equal soon after a cut of ${CUT_S} s`, { timeout: (CUT_S + 90) * 1000 }, async () => {
    const before = recoveries();
    await proxy.refuse(true);
    proxy.cut();
    await dev.event(isGone);
    await pause(CUT_S * 1000);
    await proxy.refuse(false);
    expect(await worksAfter(`cut for ${CUT_S} s`, performance.now())).toBeLessThan(
      PROMISED_MS.afterCut * PROMISED_MS.load,
    );
    await recovered(before + 1);
  });

  it('finds out that connections are silently dead, and leaves them', async () => {
    const before = recoveries();
    const since = performance.now();
    // Those there are stay silent for ever; new ones work, and are made all the time.
    proxy.strand();
    const busy = setInterval(() => void answer(project.url).catch(() => {}), 250);
    onTestFinished(() => clearInterval(busy));
    expect(await worksAfter('silently dead connections', since)).toBeLessThan(
      PROMISED_MS.silentlyDead * PROMISED_MS.load,
    );
    await recovered(before + 1);
  });

  it('comes back after a silent network', async () => {
    const gone = () => dev.events().filter(isGone).length;
    const before = gone();
    proxy.hold();
    await until('that it is noticed', () => gone() > before, PROMISED_MS.silentlyDead * PROMISED_MS.load);
    proxy.release();
    await worksAfter('silent network', performance.now());
  });

  it(`goes on after it was stopped for ${STOPPED_S} s`, { timeout: (STOPPED_S + 90) * 1000 }, async () => {
    dev.child.kill('SIGSTOP');
    await pause(STOPPED_S * 1000);
    dev.child.kill('SIGCONT');
    expect(await worksAfter(`stopped for ${STOPPED_S} s`, performance.now())).toBeLessThan(
      PROMISED_MS.silentlyDead,
    );
    expect(dev.events().some(ofType('note', ({ text }) => text.startsWith('This machine slept')))).toBe(true);
  });

  it('ends at once, with nothing left, while the network is gone', async () => {
    await proxy.refuse(true);
    proxy.cut();
    await dev.event(ofType('warning'));
    const since = performance.now();
    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);
    expect(performance.now() - since).toBeLessThan(5000);
    expect(await dev.processes()).toEqual([]);
    expect(await isFree(project.port)).toBe(true);
  });
});
