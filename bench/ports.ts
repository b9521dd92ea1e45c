import { execa } from 'execa';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { Closing } from '../src/base/closing.js';
import { loadKube, type Kube } from '../src/kube/kube.js';
import { freePort } from '../test/rig/app.js';
import { makeNamespace, REGISTRY, type Namespace } from '../test/rig/cluster.js';
import { median, summarize, type Measurement, type Target } from './figures.js';
import { kubectlForward } from './peers/kubectl.js';
import { startService } from './service.js';
import { makeTemporary } from './site.js';
import type { ForwardSubject } from './subject.js';

const BYTES = 1024 * 1024 * 1024;
const BLOCKS = 10;
const CONNECTIONS = 200;
const answerPort = 7001;
const downloadPort = 7002;
const labels = { app: 'bench-ports' };

const server = `
const net = require('node:net');
const chunk = Buffer.alloc(1 << 20, 7);
net.createServer((s) => s.on('error', () => {}).on('data', (d) => s.write(d))).listen(${answerPort});
net.createServer((s) => s.on('error', () => {}).once('data', (d) => { let n = Number(d); const go = () => { while (n > 0) { const part = chunk.subarray(0, n); n -= part.length; if (!s.write(part)) return s.once('drain', go); } }; go(); })).listen(${downloadPort});
`;

interface Running {
  readonly name: string;
  readonly answer: number;
  readonly download: number;
  readonly downloads: number[];
  readonly p50: number[];
  readonly p99: number[];
}

/** Forwards of all subjects to one pod at the same time, used in turn; then the pod is replaced, which kubectl does not survive. */
export async function measurePorts(
  subjects: readonly ForwardSubject[],
  rounds: number,
): Promise<Measurement[]> {
  await using closing = new Closing();
  const namespace = closing.use(await makeNamespace());
  await deploy(namespace);
  const running: Running[] = [];
  for (const subject of [...subjects, kubectlForward]) {
    const dir = makeTemporary('ports');
    closing.defer(() => rmSync(dir, { recursive: true, force: true }));
    const [answer, download] = [await freePort(), await freePort()];
    const ports = [
      { port: answer, remotePort: answerPort },
      { port: download, remotePort: downloadPort },
    ];
    const service = closing.use(
      startService(subject.forward({ dir, namespace: namespace.name, labels, ports })),
    );
    closing.defer(() => service.stop());
    await service.ready;
    running.push({ name: subject.name, answer, download, downloads: [], p50: [], p99: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const one of running) one.downloads.push(await downloadMs(one.download));
  }
  for (let block = 0; block < BLOCKS; block += 1) {
    for (const one of running) {
      const sorted = (await connectionsMs(one.answer)).sort((a, b) => a - b);
      one.p50.push(summarize(sorted).median);
      one.p99.push(sorted[Math.ceil(0.99 * sorted.length) - 1]!);
    }
  }
  using kube = await loadKube({ namespace: namespace.name });
  const [ours, ...others] = running;
  const replaced: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    replaced.push(await replacedMs(kube, namespace, ours!.answer));

  const kubectl = others.at(-1)!;
  const table = (name: string, pick: (one: Running) => number[], part: number): Measurement => ({
    name,
    unit: 'ms',
    figures: running.map((one) => ({
      subject: one.name,
      samples: pick(one),
      target: one === ours ? atMost(part, median(pick(kubectl))) : undefined,
    })),
  });
  return [
    table('port-forward, 1 GiB down', ({ downloads }) => downloads, 1),
    {
      ...table('port-forward, new connection, p50', ({ p50 }) => p50, 0.8),
      note: `until the first byte is back; of each block of ${CONNECTIONS}, one after the other`,
    },
    table('port-forward, new connection, p99', ({ p99 }) => p99, 1),
    {
      name: 'port-forward, pod replaced',
      unit: 'ms',
      figures: [{ subject: ours!.name, samples: replaced, target: { limit: 300, text: '300' } }],
      note: 'from when the new pod is Ready until the forward answers; kubectl has ended by then',
    },
  ];
}

function atMost(part: number, ms: number): Target {
  return { limit: part * ms, text: `${(part * ms).toFixed(1)} (${part} x kubectl)` };
}

async function deploy(namespace: Namespace): Promise<void> {
  const image = `${REGISTRY}/bench-ports`;
  await execa('docker', ['tag', 'node:20', image]);
  await execa('docker', ['push', image]);
  const probe = { tcpSocket: { port: downloadPort }, periodSeconds: 1 };
  const containers = [{ name: 'app', image, command: ['node', '-e', server], readinessProbe: probe }];
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bench-ports' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers } },
    },
  };
  await namespace.kubectl(['apply', '-f', '-'], { input: JSON.stringify(deployment) });
  await namespace.kubectl(['wait', '--for=condition=Available', 'deploy/bench-ports', '--timeout=120s']);
}

async function downloadMs(port: number): Promise<number> {
  const began = performance.now();
  let got = 0;
  await new Promise<void>((resolve, reject) => {
    const onread = {
      buffer: Buffer.alloc(256 * 1024),
      callback: (bytes: number) => {
        got += bytes;
        if (got >= BYTES) resolve();
        return true;
      },
    };
    const socket = connect({ host: '127.0.0.1', port, onread });
    socket.on('error', reject).on('close', () => reject(new Error(`ended after ${got} bytes`)));
    socket.write(String(BYTES));
  });
  return performance.now() - began;
}

async function connectionsMs(port: number): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < CONNECTIONS; index += 1) all.push(await connectionMs(port));
  return all;
}

/** Until a byte that was sent is back. */
async function connectionMs(port: number): Promise<number> {
  const began = performance.now();
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  socket.write('x');
  await once(socket, 'data');
  const ms = performance.now() - began;
  socket.on('error', () => {}).destroy();
  return ms;
}

async function replacedMs(kube: Kube, namespace: Namespace, port: number): Promise<number> {
  const stop = new AbortController();
  const answered = (async () => {
    const gone = (await namespace.kubectl(['get', 'pods', '--output', 'name'])).trim();
    await namespace.kubectl(['delete', gone, '--wait=false']);
    // What is asked before the new pod is ready waits for it.
    for (;;) {
      const ok = await connectionMs(port).then(
        () => true,
        () => false,
      );
      if (ok && stop.signal.aborted) return performance.now();
    }
  })();
  const ready = await newPodReady(kube, stop);
  return Math.max(0, (await answered) - ready);
}

/** When another pod than the one there is now became ready. */
async function newPodReady(kube: Kube, told: AbortController): Promise<number> {
  let first: string | undefined;
  for await (const pods of kube.pods.follow({})) {
    for (const [uid, pod] of pods) {
      first ??= uid;
      const ready = pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
      if (uid === first || !ready) continue;
      told.abort();
      return performance.now();
    }
  }
  throw new Error('the watch ended');
}
