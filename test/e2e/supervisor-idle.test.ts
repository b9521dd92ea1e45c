import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { allWorks } from '../rig/all-works.js';
import { makeWebProject } from '../rig/app.js';
import { makeNamespace } from '../rig/cluster.js';
import { isReady, startEvents } from '../rig/dev-run.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { until } from '../rig/until.js';

/** DEVSPACE_TEST_IDLE_S=60 measures longer than `npm test` waits, and a run whose forward has been used. */
const isLong = process.env.DEVSPACE_TEST_IDLE_S !== undefined;
const WINDOW_S = Number(process.env.DEVSPACE_TEST_IDLE_S ?? 15);
/** A connection is kept for the next one that is forwarded, for a minute. */
const SETTLE_MS = 90_000;
const preload = pathToFileURL(new URL('../rig/count-requests.mjs', import.meta.url).pathname).href;

it(
  'asks nothing and says next to nothing while nothing happens',
  { timeout: (WINDOW_S + 400) * 1000 },
  async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    const { KUBECONFIG, proxy } = await faultyCluster(project);
    await using _proxy = proxy;
    const requests = project.path('requests');
    await Promise.all(
      Array.from({ length: Number(process.env.DEVSPACE_TEST_IDLE_FILES ?? 100) }, (_, index) =>
        project.write(`www/${index % 100}/${index}`, `${index}\n`),
      ),
    );
    await using dev = startEvents(namespace, ['dev', '--no-open'], {
      cwd: project.dir,
      env: { KUBECONFIG, NODE_OPTIONS: `--import ${preload}`, DEVSPACE_TEST_REQUESTS: requests },
    });
    await dev.event(isReady, 170_000);
    if (isLong) await allWorks({ namespace, project, dev }, performance.now());
    await until('spare connections to be closed', () => proxy.connections() <= 4, SETTLE_MS);

    const usage = async () => {
      const stat = await readFile(`/proc/${dev.child.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const rss = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${dev.child.pid}/status`, 'utf8'));
      // proc(5): fields 14 and 15 are ticks of 10 ms.
      return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, rssMiB: Number(rss?.[1]) / 1024 };
    };
    const asked = async () => (await readFile(requests, 'utf8')).split('\n').length;
    const [before, bytes, count] = [await usage(), proxy.bytes(), await asked()];
    await pause(WINDOW_S * 1000);
    const [after, sent] = [await usage(), proxy.bytes()];
    const perMinute = (amount: number) => (amount * 60) / WINDOW_S;
    const figures = {
      requestsPerMinute: perMinute((await asked()) - count),
      connections: proxy.connections(),
      bytesPerMinute: Math.round(perMinute(sent.up + sent.down - bytes.up - bytes.down)),
      cpuMsPerSecond: (after.cpuMs - before.cpuMs) / WINDOW_S,
      rssMiB: Math.round(after.rssMiB),
    };
    console.log(`idle: ${JSON.stringify(figures)}`);
    expect(figures.requestsPerMinute, await readFile(requests, 'utf8')).toBe(0);
    expect(figures.connections).toBeLessThanOrEqual(4);
    expect(figures.bytesPerMinute).toBeLessThanOrEqual(16_000);
    expect(figures.rssMiB).toBeLessThanOrEqual(100);
  },
);
