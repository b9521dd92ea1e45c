import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { Closing } from '../src/base/closing.js';
import type { FaultProxy } from '../test/cluster/index.js';
import { makeNamespace } from '../test/rig/cluster.js';
import { faultyCluster } from '../test/rig/fault-cluster.js';
import { type Agent, startAgentHere, type Usage } from './agent.js';
import { copyExample } from './dev-cycle.js';
import type { Figure, Measurement, Target, Unit } from './figures.js';
import { type Service, startService } from './service.js';
import { makeTemporary } from './site.js';
import type { Subject } from './subject.js';
import { targets } from './targets.js';

const FILES = 10_000;
/** Connections are kept for the next ones for up to a minute, and V8 looks for memory to give back for up to two. */
const SETTLE_MS = 140_000;
const WINDOW_MS = 60_000;
const preload = fileURLToPath(new URL('../test/rig/count-requests.mjs', import.meta.url));

interface Idle {
  readonly name: string;
  readonly service: Service;
  readonly proxy: FaultProxy;
  /** A line for each request; there is none of a tool that is not for Node. */
  readonly requests: string;
}

interface Moment {
  readonly usage: Usage;
  readonly bytes: number;
  readonly requests: number | undefined;
}

interface Found {
  readonly name: string;
  readonly first: Moment;
  readonly last: Moment;
  readonly connections: number;
}

/**
 * What a dev run (sync, a forward, logs) takes while nothing happens, beside 10,000 files that lie still: all subjects in the same minute, each through
 * a proxy of its own that counts. Needs a cluster.
 */
export async function measureDevIdle(subjects: readonly Subject[]): Promise<Measurement[]> {
  await using closing = new Closing();
  const here = closing.use(await startAgentHere());
  const idle: Idle[] = [];
  for (const subject of subjects) idle.push(await start(subject, here, closing));
  await pause(SETTLE_MS);
  const first = await Promise.all(idle.map((one) => momentOf(one, here)));
  const began = performance.now();
  await pause(WINDOW_MS);
  const last = await Promise.all(idle.map((one) => momentOf(one, here)));
  const seconds = (performance.now() - began) / 1000;
  const found = idle.map(({ name, proxy }, index): Found => ({
    name,
    first: first[index]!,
    last: last[index]!,
    connections: proxy.connections(),
  }));
  return tables(found, seconds);
}

async function start(subject: Subject, here: Agent, closing: Closing): Promise<Idle> {
  const namespace = closing.use(await makeNamespace());
  const project = await copyExample(namespace.name);
  const aside = makeTemporary('dev-idle');
  for (const dir of [project.dir, aside]) closing.defer(() => rmSync(dir, { recursive: true, force: true }));
  // They come by sync, not with the image.
  writeFileSync(join(project.dir, '.dockerignore'), 'data\n');
  await here.ask({
    act: 'writeTree',
    dir: join(project.dir, 'data'),
    folders: 100,
    files: FILES,
    bytes: 1024,
  });
  const path = (name: string) => join(aside, name);
  const write = async (name: string, content: string | Buffer, mode?: number) =>
    writeFileSync(path(name), content, mode === undefined ? {} : { mode });
  const { KUBECONFIG, proxy } = closing.use(await faultyCluster({ path, write }));
  const requests = path('requests');
  const counting = {
    NODE_OPTIONS: `--import ${pathToFileURL(preload).href}`,
    DEVSPACE_TEST_REQUESTS: requests,
  };
  const call = subject.dev(project);
  const service = closing.use(startService({ ...call, env: { ...call.env, KUBECONFIG, ...counting } }));
  closing.defer(async () => {
    await service.stop();
    const { argv, cwd, env } = subject.purge(project);
    const [program = '', ...args] = argv;
    await execa(program, args, { ...(cwd !== undefined && { cwd }), ...(env && { env }), stdin: 'ignore' });
  });
  await service.ready;
  return { name: subject.name, service, proxy, requests };
}

async function momentOf({ proxy, requests, service }: Idle, here: Agent): Promise<Moment> {
  const { down, up } = proxy.bytes();
  return {
    usage: await here.usage({ below: service.pid }),
    bytes: up + down,
    requests: existsSync(requests) ? readFileSync(requests, 'utf8').split('\n').length : undefined,
  };
}

function tables(found: readonly Found[], seconds: number): Measurement[] {
  const table = (
    name: string,
    unit: Unit,
    figure: (one: Found) => number | undefined,
    target?: Target,
  ): Measurement => ({
    name: `idle dev run, 10,000 files: ${name}`,
    unit,
    figures: found.flatMap((one, index): Figure[] => {
      const sample = figure(one);
      if (sample === undefined) return [];
      return [{ subject: one.name, samples: [sample], target: index === 0 ? target : undefined }];
    }),
  });
  const { bytesPerMinute, connections, cpu, requestsPerMinute, rss } = targets.idleDev;
  const perMinute = (amount: number) => (amount * 60) / seconds;
  return [
    table('CPU', 'ms/s', ({ first, last }) => (last.usage.cpuNs - first.usage.cpuNs) / 1e6 / seconds, cpu),
    table('wake-ups', 'times/s', ({ first, last }) => (last.usage.waits - first.usage.waits) / seconds),
    table('resident memory', 'MiB', ({ last }) => last.usage.rssKiB / 1024, rss),
    table('its highest', 'MiB', ({ last }) => last.usage.peakKiB / 1024),
    table(
      'requests',
      'a minute',
      ({ first, last }) => last.requests && perMinute(last.requests - (first.requests ?? 0)),
      requestsPerMinute,
    ),
    table('connections', 'open', (one) => one.connections, connections),
    table(
      'traffic',
      'bytes a minute',
      ({ first, last }) => perMinute(last.bytes - first.bytes),
      bytesPerMinute,
    ),
  ];
}
