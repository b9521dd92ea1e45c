import { execa } from 'execa';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaseKey } from '../../src/dev/run/run-lease.js';
import { startFaultProxy } from '../cluster/index.js';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, REGISTRY, type Namespace } from '../rig/cluster.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { pushedBusybox } from '../rig/images.js';
import { isFree, isReady, pidOf, startEvents, startMarked, type MarkedCli } from '../rig/dev-run.js';
import { until } from '../rig/until.js';

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof CODES;
const SIGNALS = Object.keys(CODES) as Signal[];

/** DEVSPACE_TEST_SIGNALS=all sends each of them at each stage; `npm test` sends one each, in turn. */
const sendsAll = process.env.DEVSPACE_TEST_SIGNALS === 'all';

let namespace: Namespace;
beforeAll(async () => {
  namespace = await makeNamespace();
});
afterAll(() => namespace?.[Symbol.asyncDispose]());

const leases = () => namespace.kubectl(['get', 'leases', '--output', 'jsonpath={.items[*].metadata.name}']);

interface Expected {
  /** Default: that of the signal. */
  code?: number;
  ms?: number;
  /** Names of the leases that are left; undefined: whatever, since the API server cannot be told. */
  leases?: string | undefined;
}

/** Sends the signal and waits for the end, which has to come in time and to leave no process, port, lease or half a file. */
async function stop(dev: MarkedCli, project: WebProject, signal: Signal, expected: Expected = {}) {
  const { code = CODES[signal], ms = 5000 } = expected;
  const since = performance.now();
  dev.child.kill(signal);
  const result = await dev.exited;
  expect(performance.now() - since).toBeLessThan(ms);
  // Whoever pressed Ctrl-C knows what happened.
  expect(result).toMatchObject({ code, stderr: '' });
  await expectNothingLeft(dev, project, 'leases' in expected ? expected.leases : '');
}

async function expectNothingLeft(dev: MarkedCli, project: WebProject, leasesLeft: string | undefined) {
  expect(await dev.processes()).toEqual([]);
  expect(await isFree(project.port)).toBe(true);
  if (leasesLeft !== undefined) expect(await leases()).toBe(leasesLeft);
  const files = await readdir(project.dir, { recursive: true });
  expect(files.filter((name) => /\.tmp$|\.lock$|stage|dev\.ask/.test(name))).toEqual([]);
}

const start = (project: WebProject, env = {}, flags: readonly string[] = []): MarkedCli =>
  startEvents(namespace, ['dev', '--no-open', ...flags], { cwd: project.dir, env });

const stages: readonly [string, (signal: Signal) => Promise<void>][] = [
  [
    'while nothing answers its first question',
    async (signal) => {
      await using project = await makeWebProject();
      await using cluster = await faultyCluster(project);
      cluster.proxy.hold();
      await using dev = start(project, { KUBECONFIG: cluster.KUBECONFIG });
      await until('a connection', () => cluster.proxy.connections() > 0);
      await stop(dev, project, signal);
    },
  ],
  [
    'while another run is asked whether it lives',
    async (signal) => {
      await using project = await makeWebProject();
      const key = leaseKey({
        version: 'v1beta3',
        deployments: [{ name: 'web', kubectl: { manifests: ['kube'] } }],
      });
      const name = `devspace-${key}`;
      // A run on another machine that will never answer.
      const holder = JSON.stringify({
        context: 'c',
        folder: '/f',
        host: 'another-machine',
        namespace: 'n',
        pid: 1,
        since: new Date().toISOString(),
        user: 'ann',
      });
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: {
          name,
          labels: { 'devspace.sh/run': key },
          annotations: { 'devspace.sh/holder': holder },
        },
        spec: { holderIdentity: 'ann' },
      };
      await namespace.kubectl(['create', '--filename', '-'], { input: JSON.stringify(lease) });
      await using dev = start(project);
      await until('the question', async () =>
        (await namespace.kubectl(['get', 'lease', name, '--output', 'yaml'])).includes('devspace.sh/ask'),
      );
      await stop(dev, project, signal, { leases: name });
      await namespace.kubectl(['delete', 'lease', name]);
    },
  ],
  [
    'during a build',
    async (signal) => {
      const marker = randomBytes(6).toString('hex');
      const dockerfile = `FROM busybox:1\nRUN echo ${marker} && sleep 60\n`;
      await using project = await makeWebProject({ dockerfile });
      await using dev = start(project);
      const containers = async () =>
        (await execa('docker', ['ps', '--no-trunc', '--format', '{{.Command}}'])).stdout;
      await until('the build step', async () => (await containers()).includes(marker));
      await stop(dev, project, signal);
      await until('the end of the build', async () => !(await containers()).includes(marker));
    },
  ],
  [
    'while the API server does not answer kubectl',
    async (signal) => {
      await using project = await makeWebProject();
      await using cluster = await faultyCluster(project);
      const { proxy, KUBECONFIG } = cluster;
      await using dev = start(project, { KUBECONFIG });
      await dev.event(ofType('deployment'));
      proxy.hold();
      // Nobody can take the lease away. The next run sees that its process is gone.
      await stop(dev, project, signal, { leases: undefined });
      await namespace.kubectl(['delete', 'leases', '--all']);
    },
  ],
  [
    'while the pod is not there yet',
    async (signal) => {
      const container = `      initContainers:
        - { name: wait, image: "${await pushedBusybox()}", command: [sleep, "1000"] }
`;
      await using project = await makeWebProject({ container });
      await using dev = start(project);
      await dev.event(ofType('waiting', ({ text }) => text.includes('Init:0/1')));
      await stop(dev, project, signal);
    },
  ],
  [
    'while the helper is brought into the container',
    async (signal) => {
      await using project = await makeWebProject();
      await using cluster = await faultyCluster(project);
      const { proxy, KUBECONFIG } = cluster;
      await using dev = start(project, { KUBECONFIG });
      await dev.event(ofType('sync', ({ state }) => state === 'connecting'));
      proxy.hold();
      await stop(dev, project, signal, { leases: undefined });
      proxy.cut();
      await namespace.kubectl(['delete', 'leases', '--all']);
      await until('the end of the helper', async () => (await syncLeftovers(namespace, 'deploy/web')) === '');
    },
  ],
  [
    'when it is ready',
    async (signal) => {
      await using project = await makeWebProject();
      await using dev = startMarked(namespace, ['dev', '--no-open', '--verbose-sync'], { cwd: project.dir });
      await dev.printed(/Ready in/, 120_000);
      await project.write('www/new', 'new\n');
      await dev.printed(/info sync -> create new \(4 B\)/);
      dev.child.kill(signal);
      expect((await dev.exited).code).toBe(0);
      await expectNothingLeft(dev, project, '');
      expect(await syncLeftovers(namespace, 'deploy/web')).toBe('');
    },
  ],
  [
    'in its terminal',
    async (signal) => {
      await using project = await makeWebProject();
      const terminal = { columns: 101, rows: 33, after: 'stty -a' };
      await using dev = startMarked(namespace, ['dev', '-i', '--no-open'], { cwd: project.dir, terminal });
      await dev.printed(/\/app # /, 120_000);
      dev.child.stdin.write(String.raw`printf '\033[?1049h\033[?25l'; echo o''n` + '\r');
      await dev.printed(/on\r\n/);
      process.kill(await pidOf(dev), signal);
      const { stdout } = await dev.exited;
      expect(stdout).toContain('\u001b[?25h\u001b[?1049l\u001b[m');
      expect(stdout).toMatch(/[^-]icanon[^]*[^-]isig|[^-]isig[^]*[^-]icanon/);
      expect(stdout).toMatch(/[^-]opost/);
      await expectNothingLeft(dev, project, '');
      expect(await syncLeftovers(namespace, 'deploy/web')).toBe('');
    },
  ],
];

describe('stopping devspace dev', () => {
  const cases = stages.flatMap(([stage, run], index) =>
    (sendsAll ? SIGNALS : [SIGNALS[index % SIGNALS.length]!]).map((signal): [string, Signal, typeof run] => [
      stage,
      signal,
      run,
    ]),
  );
  it.each(cases)('%s, by %s', (_stage, signal, run) => run(signal));

  // Only a registry on this machine may be spoken to without TLS, and so through a proxy under another name.
  const [host = '', port = ''] = REGISTRY.split(':');
  const isLocal = host === '127.0.0.1' && port !== '';
  if (!isLocal)
    console.warn(`Skipped: stopping during a push needs a registry on 127.0.0.1, not ${REGISTRY}`);
  it.skipIf(!isLocal)('during a push, and at once when it is asked twice', async () => {
    await using proxy = await startFaultProxy({ target: { host, port: Number(port) } });
    proxy.hold();
    const repository = `127.0.0.1:${proxy.port}/e2e-${randomBytes(4).toString('hex')}`;
    await using project = await makeWebProject({ repository });
    await using dev = start(project);
    await dev.event(ofType('image', ({ state }) => state === 'pushing'));
    await until('the push', () => proxy.connections() > 0);
    dev.child.kill('SIGINT');
    // At once: what it would have cleaned up stays, and is found to be dead by the next run. Two that come together are one to the system.
    const since = performance.now();
    const again = setInterval(() => dev.child.kill('SIGINT'), 50);
    expect((await dev.exited.finally(() => clearInterval(again))).code).toBe(130);
    expect(performance.now() - since).toBeLessThan(3000);
    await until('the end of its children', async () => (await dev.processes()).length === 0);
    expect(await isFree(project.port)).toBe(true);
    await namespace.kubectl(['delete', 'leases', '--all']);
  });

  it('during a large first sync, which the next run completes', async () => {
    await using project = await makeWebProject({
      dockerfile: 'FROM busybox:1\nWORKDIR /app\nCMD ["sleep", "1000"]\n',
    });
    await project.write('.dockerignore', 'www\n');
    const content = 'x'.repeat(2000);
    const names = Array.from({ length: 3000 }, (_, index) => `d${index % 30}/f${index}`);
    await Promise.all(names.map((name) => project.write(`www/${name}`, `${name} ${content}`)));
    {
      await using dev = start(project);
      await dev.event(ofType('sync-change'));
      await stop(dev, project, 'SIGINT');
      expect(dev.events().some(isReady)).toBe(false);
    }
    expect(await syncLeftovers(namespace, 'deploy/web')).toBe('');
    // No half a file, on neither side.
    const sizes =
      "find /app -name 'f*' -type f -exec wc -c {} + | grep -v total | awk '{ print $1 }' | sort -u";
    expect(
      (await inContainer(namespace, 'deploy/web', sizes))
        .split('\n')
        .map(Number)
        .every((size) => size > 2000),
    ).toBe(true);
    await using dev = start(project, {}, ['--skip-pipeline']);
    await dev.event(isReady);
    expect(await inContainer(namespace, 'deploy/web', "find /app -name 'f*' -type f | wc -l")).toBe('3000');
    expect(await inContainer(namespace, 'deploy/web', 'cat /app/d29/f2999')).toBe(`d29/f2999 ${content}`);
    const local = await readdir(project.path('www'), { recursive: true });
    expect(local.filter((name) => name.includes('trash') || name.includes('stage'))).toEqual([]);
    await stop(dev, project, 'SIGTERM', { code: 0 });
  });
});
