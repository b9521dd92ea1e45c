/**
 * `npm run bench [-- --only startup,latency,bulk,idle,wire,exec,dev,dev-idle,logs,ports,size,scale] [--on pipes,cluster] [--rounds 3] [--files 100000,1000000] [--markdown]
 * [--json FILE] [--no-build]`: measures what `npm pack` makes of this checkout. Tools to measure in the same run:
 * DEVSPACE_BENCH_DEVSPACE6=<binary of DevSpace 6>, DEVSPACE_BENCH_MUTAGEN=<binary of mutagen>, DEVSPACE_BENCH_BASELINE=<bin/devspace.js of another
 * built checkout of ours>. `scale` runs only when it is named; `--files` is for it, `--rounds` for what takes long.
 * Missed targets are shown and fail nothing; the exit code is 1 when something could not be measured. What it is good for: docs/benchmarks.md.
 */
import { execa } from 'execa';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Closing } from '../src/base/closing.js';
import { ensureGo } from '../test/cluster/index.js';
import { prepareTestCluster } from '../test/rig/test-cluster.js';
import { startClusterSite } from './cluster-site.js';
import { measureDev } from './dev-cycle.js';
import { measureDevIdle } from './dev-idle.js';
import { measureExec } from './exec.js';
import { isMet, summarize, type Measurement } from './figures.js';
import { measureLogs } from './logs.js';
import { describeMachine, machineLine } from './machine.js';
import { ours, viaHelper } from './ours.js';
import { packUnderTest } from './package-under-test.js';
import { devspace6 } from './peers/devspace6.js';
import { mutagen } from './peers/mutagen.js';
import { oursOverPipes } from './pipes/ours.js';
import { measurePorts } from './ports.js';
import { measureScale } from './scale.js';
import { type Ground, makeTemporary, startPipeSite } from './site.js';
import { measureSize } from './size.js';
import { measureStartup } from './startup.js';
import type { Subject, SyncSubject } from './subject.js';
import { measureBulk } from './sync-bulk.js';
import { measureIdle } from './sync-idle.js';
import { measureLatency } from './sync-latency.js';
import { measureWire } from './sync-wire.js';
import { renderTable } from './table.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (text: string) => void process.stderr.write(`bench: ${text}\n`);

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'startup,latency,bulk,idle,wire,exec,dev,dev-idle,logs,ports,size' },
    rounds: { type: 'string', default: '3' },
    files: { type: 'string', default: '100000,1000000' },
    on: { type: 'string', default: 'pipes,cluster' },
    markdown: { type: 'boolean', default: false },
    json: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
const wanted = new Set(values.only.split(','));
const on = new Set(values.on.split(','));

// Ctrl-C ends the tool that is being measured, too; the run then unwinds and takes back what it has made. A second one ends it at once.
let interrupted = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => (interrupted = true));

await using closing = new Closing();
const measurements: Measurement[] = [];
let failures = 0;

async function part(name: string, measure: () => Measurement[] | Promise<Measurement[]>): Promise<void> {
  if (!wanted.has(name) || interrupted) return;
  const began = performance.now();
  try {
    measurements.push(...(await measure()));
    say(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  } catch (error) {
    failures += 1;
    say(`${name} could not be measured: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

if (!values['no-build']) {
  const { env } = await ensureGo(say);
  await execa('npm', ['run', '--silent', 'build'], {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
  });
}
const tested = closing.use(await packUnderTest());
const subjects: Subject[] = [ours(join(tested.dir, 'bin', 'devspace.js'))];
const { DEVSPACE_BENCH_BASELINE, DEVSPACE_BENCH_DEVSPACE6, DEVSPACE_BENCH_MUTAGEN } = process.env;
if (DEVSPACE_BENCH_BASELINE) subjects.push(ours(DEVSPACE_BENCH_BASELINE, 'devspace (baseline)'));
if (DEVSPACE_BENCH_DEVSPACE6) {
  const peer = devspace6(DEVSPACE_BENCH_DEVSPACE6);
  closing.defer(() => peer[Symbol.dispose]());
  subjects.push(peer);
}

const isSyncWanted = ['latency', 'bulk', 'idle', 'wire'].some((name) => wanted.has(name));
const needsCluster =
  (isSyncWanted && on.has('cluster')) ||
  ['dev', 'dev-idle', 'exec', 'logs', 'ports'].some((name) => wanted.has(name));
const cluster = needsCluster ? await prepareTestCluster(process.env) : undefined;
if (cluster?.ok) {
  Object.assign(process.env, cluster.env);
  closing.defer(cluster.release);
} else if (cluster) {
  failures += 1;
  say(`without a cluster: ${cluster.reason}`);
}
// Some machines have it set for all programs. Node then reads every authority in it at each start, before the program, which no tool of ours can help:
// here it made the floor 40 ms of processor time higher.
delete process.env.NODE_EXTRA_CA_CERTS;
const machine = await describeMachine(cluster?.ok === true);

await part('startup', () => measureStartup(subjects));
if (isSyncWanted || wanted.has('scale')) {
  await using sites = new Closing();
  const grounds: Ground[] = [];
  if (on.has('pipes')) {
    grounds.push({ site: sites.use(await startPipeSite()), subjects: await subjectsOverPipes(sites) });
  }
  if (isSyncWanted && on.has('cluster') && cluster?.ok) {
    grounds.push({ site: sites.use(await startClusterSite()), subjects });
  }
  await part('latency', () => measureLatency(grounds));
  await part('bulk', () => measureBulk(grounds, Number(values.rounds), say));
  await part('idle', () => measureIdle(grounds));
  await part('wire', () => measureWire(grounds));
  const [pipes] = grounds;
  const [own] = pipes?.subjects ?? [];
  if (pipes?.site.name === 'pipes' && own)
    await part('scale', () => measureScale(pipes.site, own, values.files.split(',').map(Number), say));
}
if (cluster?.ok) await part('exec', () => measureExec(subjects));
if (cluster?.ok) await part('dev', () => measureDev(subjects, Number(values.rounds)));
if (cluster?.ok) await part('dev-idle', () => measureDevIdle(subjects));
const [forwarding, ...peersForwarding] = subjects.flatMap(({ forward, name }) =>
  forward ? [{ name, forward }] : [],
);
if (cluster?.ok && forwarding)
  await part('ports', () =>
    measurePorts([forwarding, viaHelper(forwarding), ...peersForwarding], Number(values.rounds)),
  );
if (cluster?.ok) await part('logs', () => measureLogs(subjects, Number(values.rounds)));
await part('size', () => measureSize(tested));

process.stdout.write(`${machineLine(machine)}\n\n${renderTable(measurements, values.markdown)}\n`);
if (values.json !== undefined) {
  const results = measurements.map(({ figures, name, note, unit }) => ({
    name,
    unit,
    note,
    figures: figures.map(({ samples, subject, target }) => {
      const summary = summarize(samples);
      return { subject, target, met: isMet({ samples, subject, target }), summary, samples };
    }),
  }));
  writeFileSync(values.json, `${JSON.stringify({ machine, measurements: results }, null, 2)}\n`);
}
process.exitCode = failures > 0 || interrupted ? 1 : 0;

async function subjectsOverPipes(sites: Closing): Promise<SyncSubject[]> {
  const temporary = makeTemporary('pipes');
  sites.defer(() => rmSync(temporary, { recursive: true, force: true }));
  const found = [
    await oursOverPipes({ source: root, helperDir: join(tested.dir, 'dist', 'helper') }, temporary),
  ];
  if (DEVSPACE_BENCH_BASELINE) {
    const source = dirname(dirname(DEVSPACE_BENCH_BASELINE));
    const build = { source, helperDir: join(source, 'dist', 'helper') };
    found.push(await oursOverPipes(build, temporary, 'devspace (baseline)'));
  }
  if (DEVSPACE_BENCH_MUTAGEN) found.push(sites.use(await mutagen(DEVSPACE_BENCH_MUTAGEN)));
  return found;
}
