import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { createHash } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Closing } from '../../src/base/closing.js';
import type { PortsConfig } from '../../src/config/schema.js';
import { startForwards } from '../../src/dev/ports/forwards.js';
import { planPorts } from '../../src/dev/ports/port-plan.js';
import { startReverse } from '../../src/dev/ports/reverse-forwards.js';
import { corePath } from '../../src/kube/api/api-paths.js';
import { runExec } from '../../src/kube/exec/exec.js';
import { findFreePort } from '../../src/kube/forward/local-port.js';
import { loadKube } from '../../src/kube/kube.js';
import { deleteObject } from '../../src/kube/api/rest.js';
import type { Event } from '../../src/report/events.js';
import { exchange, exchangeInPod, serveExchange } from '../dev/tunnel/exchange.js';
import { serveHere } from '../dev/tunnel/rig.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';
import { kubeconfig, kubeRig, testImage, type KubeRig } from '../rig/kube-rig.js';

const helperDir = fileURLToPath(new URL('../../dist/helper', import.meta.url));

/** In the pod: the exchange on 7001, datagrams back from 7002, and `ask PORT` goes through a whole exchange with a port there. */
const server = `
const net = require('node:net');
const dgram = require('node:dgram');
net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => ${exchangeInPod}).listen(7001);
const echo = dgram.createSocket('udp4').on('message', (data, from) => echo.send(data, from.port, from.address)).bind(7002);
net.createServer(() => {}).listen(7004, '127.0.0.1');
`;
const client = (port: number, times: number, quietMs = 10_000): string => `
const { createHash, randomBytes } = require('node:crypto');
const one = () => new Promise((resolve) => {
  const socket = require('node:net').connect({ port: ${port}, host: '127.0.0.1', allowHalfOpen: true });
  const content = randomBytes(50000);
  let text = Buffer.alloc(0);
  let said = 0;
  socket.on('data', (data) => {
    text = Buffer.concat([text, data]);
    if (said === 0 && text.includes('greeting')) { said = 1; socket.write(content.subarray(0, 100)); }
    if (said === 1 && text.includes('welcome')) { said = 2; socket.end(content.subarray(100)); }
  });
  socket.on('error', (error) => resolve(error.message));
  socket.setTimeout(${quietMs}, () => socket.destroy(new Error('silence')));
  socket.on('end', () => {
    const head = JSON.stringify({ heard: 50000, sha256: createHash('sha256').update(content).digest('hex') });
    const whole = Buffer.concat([Buffer.from('greeting\\nwelcome\\n' + head + '\\n'), Buffer.alloc(200000, 7)]);
    resolve(text.equals(whole) ? 'whole' : text.length + ' bytes');
  });
});
Promise.all(Array.from({ length: ${times} }, one)).then((all) => console.log([...new Set(all)].join()));
`;

describe.skipIf(!kubeconfig)('forwards through the helper', () => {
  let rig: KubeRig;
  let events: Event[] = [];
  let open: Closing;
  const stop = new AbortController();
  const pod = (name: string) =>
    rig.pod(name, ['node', '-e', server], (made) => {
      made.metadata.labels['app'] = 'tunnel';
      made.spec.containers[0]!.image = testImage('node:20');
      made.spec.containers[0]!['readinessProbe'] = { tcpSocket: { port: 7001 }, periodSeconds: 1 };
    });
  const ready = (name: string) =>
    until(`pod ${name} ready`, async () => {
      for await (const pods of rig.kube.pods.follow({ namespace: rig.namespace }))
        for (const { metadata, status } of pods.values())
          if (
            metadata.name === name &&
            status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')
          )
            return true;
      return false;
    });
  const start = async (entry: Omit<PortsConfig, 'labelSelector'>, kube = rig.kube): Promise<void> => {
    const log = { path: '', write() {}, [Symbol.asyncDispose]: async () => {} };
    const emit = (event: Event): void => void events.push(event);
    const options = { emit, log, helperDir, timeoutMs: 60_000, signal: stop.signal };
    const whole = { ...entry, namespace: rig.namespace, labelSelector: { app: 'tunnel' } };
    for (const group of planPorts([whole])) {
      const how = group.kind === 'reverse' ? startReverse : startForwards;
      open.use(await how(kube, group, new Map(), options));
    }
  };
  const dial = (port: number): Socket =>
    createConnection({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const inPod = async (name: string, script: string): Promise<string> => {
    const command = ['node', '-e', script];
    const { stderr, stdout } = await runExec(rig.kube, {
      namespace: rig.namespace,
      pod: name,
      container: 'main',
      command,
    });
    return stdout.trim() + stderr;
  };

  beforeAll(async () => {
    rig = await kubeRig();
    await pod('one');
    await ready('one');
  });
  afterEach(async () => {
    await open[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
  });

  it('carry an exchange in which the client ends its input and then waits, 200 at once, one reset harming no other', async () => {
    open = new Closing();
    const port = await findFreePort('127.0.0.1');
    await start({ forward: [{ port, remotePort: 7001, viaHelper: true }] });
    await exchange(dial(port));
    const sockets = Array.from({ length: 200 }, () => dial(port));
    const outcomes = sockets.map((socket) => exchange(socket, 50_000).then(() => 'whole', String));
    await once(sockets[77]!, 'data');
    sockets[77]!.resetAndDestroy();
    const all = await Promise.all(outcomes.filter((_, index) => index !== 77));
    expect(all.filter((one) => one !== 'whole')).toEqual([]);
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
  });

  it('carry datagrams of every size', async () => {
    open = new Closing();
    const port = await findFreePort('127.0.0.1');
    await start({ forward: [{ port, remotePort: 7002, protocol: 'udp' }] });
    const socket = createSocket('udp4');
    open.defer(() => socket.close());
    for (const size of [1, 0, 1400, 65_507]) {
      const sent = Buffer.alloc(size, size);
      socket.send(sent, port, '127.0.0.1');
      const [got] = (await once(socket, 'message')) as [Buffer];
      expect(got.equals(sent)).toBe(true);
    }
  });

  it('lead from the pod to this machine, also from the next pod, and tell which port is taken there', async () => {
    open = new Closing();
    events = [];
    const here = open.use(await serveHere((socket) => serveExchange(socket, createHash('sha256'))));
    const nobody = await findFreePort('127.0.0.1');
    await start({
      reverseForward: [
        { port: here.port, remotePort: 7003 },
        { port: here.port, remotePort: 7004 },
        { port: nobody, remotePort: 7005 },
      ],
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'REVERSE_PORT_IN_USE' }));
    expect(await inPod('one', client(7003, 1))).toBe('whole');
    expect(await inPod('one', client(7003, 200))).toBe('whole');
    expect(await inPod('one', client(7005, 1))).toMatch(/ECONNRESET/);
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'LOCAL_PORT_REFUSED' }));

    await deleteObject(rig.kube, corePath('pods', { namespace: rig.namespace, name: 'one' }));
    await pod('two');
    await until('it listens in the second', () =>
      events.some((one) => one.type === 'service' && one.state === 'working' && one.pod === 'two'),
    );
    expect(await inPod('two', client(7003, 1))).toBe('whole');
  });

  it('listen again after connections that went silent, though the helper there knows of nothing', async () => {
    open = new Closing();
    const project = open.use(await makeProject({}));
    const { KUBECONFIG, proxy } = open.use(await faultyCluster(project));
    const kube = await loadKube({ env: { KUBECONFIG }, namespace: rig.namespace });
    open.defer(() => kube[Symbol.dispose]());
    const here = open.use(await serveHere((socket) => serveExchange(socket, createHash('sha256'))));
    await start({ reverseForward: [{ port: here.port, remotePort: 7003 }] }, kube);
    expect(await inPod('two', client(7003, 1))).toBe('whole');
    proxy.strand();
    const since = performance.now();
    await until('the way back', async () => (await inPod('two', client(7003, 1, 2000))) === 'whole', 60_000);
    console.log(
      `the reverse forward was back ${Math.round((performance.now() - since) / 1000)} s after the silence`,
    );
  });
});
