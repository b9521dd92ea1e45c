import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/base/failure.js';
import { corePath } from '../../src/kube/api/api-paths.js';
import { startForward, type Forward } from '../../src/kube/forward/forward.js';
import { deleteObject } from '../../src/kube/api/rest.js';
import { kubeconfig, kubeRig, testImage, type KubeRig } from '../rig/kube-rig.js';

/** 8001 echoes a line and then ends; 8002 sends 64 MiB and ends; 8003 sends without end and says how much was taken on 8004. */
const server = `
const net = require('node:net');
net.createServer((s) => { s.on('error', () => {}); s.once('data', (d) => s.end(process.env.HOSTNAME + ' ' + d)); }).listen(8001);
net.createServer((s) => { s.on('error', () => {}); const b = Buffer.alloc(1048576, 7); let n = 64;
  const go = () => { while (n-- > 0) if (!s.write(b)) return s.once('drain', go); s.end(); }; go(); }).listen(8002);
let taken = 0;
net.createServer((s) => { s.on('error', () => {}); const b = Buffer.alloc(65536);
  const go = () => { while (!s.destroyed && s.write(b, () => { taken += b.length; })); s.once('drain', go); }; go(); }).listen(8003);
net.createServer((s) => { s.on('error', () => {}); s.end(String(taken)); }).listen(8004, () => console.log('up'));
`;

describe.skipIf(!kubeconfig)('forwards to a real pod', () => {
  let rig: KubeRig;
  const failures: Failure[] = [];
  const open: AsyncDisposable[] = [];
  const ready = async (name: string) => {
    await rig.pod(name, ['node', '-e', server], (pod) => {
      pod.metadata.labels['app'] = 'net';
      pod.spec.containers[0]!.image = testImage('node:20');
      pod.spec.containers[0]!['readinessProbe'] = { tcpSocket: { port: 8004 }, periodSeconds: 1 };
    });
  };
  const forward = async (...remotePorts: number[]): Promise<Forward> => {
    const selector = { namespace: rig.namespace, labelSelector: { app: 'net' } };
    const started = await startForward(rig.kube, {
      mappings: remotePorts.map((remotePort) => ({ port: 0, remotePort, bindAddress: '127.0.0.1' })),
      selector,
      onConnectionError: (failure, _, isNew) => isNew && failures.push(failure),
    });
    open.push(started);
    return started;
  };
  const connect = (started: Forward, index = 0): Socket =>
    createConnection({ host: '127.0.0.1', port: started.mappings[index]!.port, allowHalfOpen: true });
  const ask = async (started: Forward, words: string): Promise<string> => {
    const socket = connect(started);
    socket.write(words);
    return text(socket);
  };
  /** The app needs a moment between its container's start and its first listen. */
  const answering = async (started: Forward): Promise<void> => {
    for (;;) if ((await ask(started, 'x').catch(() => '')) !== '') return;
  };

  beforeAll(async () => {
    rig = await kubeRig();
    await ready('one');
    await answering(await forward(8001));
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
    failures.length = 0;
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  it('passes an answer on, and the end of the connection', async () => {
    expect(await ask(await forward(8001), 'hello')).toBe('one hello');
  });

  it('serves many connections side by side, though some are reset', async () => {
    const started = await forward(8001);
    const answers = Array.from({ length: 60 }, async (_, index) => {
      if (index % 6 > 0) return ask(started, `number ${index}`);
      const socket = connect(started);
      await once(socket, 'connect');
      socket.resetAndDestroy();
      return undefined;
    });
    const all = await Promise.all(answers);
    for (const [index, answer] of all.entries()) {
      expect(answer).toBe(index % 6 > 0 ? `one number ${index}` : undefined);
    }
  });

  it('brings 64 MiB down unharmed', async () => {
    const got = await buffer(connect(await forward(8002)));
    expect(got.length).toBe(64 * 1024 * 1024);
    const expected = createHash('sha256').update(Buffer.alloc(got.length, 7)).digest('hex');
    expect(createHash('sha256').update(got).digest('hex')).toBe(expected);
  });

  it('holds an endless sender back while the client does not read', async () => {
    const started = await forward(8003, 8004);
    const before = process.memoryUsage().rss;
    const stalled = connect(started);
    await once(stalled, 'readable');
    let taken = -1;
    for (;;) {
      const now = Number(await text(connect(started, 1)));
      if (now === taken) break;
      taken = now;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // What was taken is in the buffers of the kernel between five processes; none of it is here.
    expect(taken).toBeLessThan(200 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    stalled.destroy();
  });

  it('resets a connection to a port nobody listens on, says so once, and leaves the others alone', async () => {
    const started = await forward(8001, 9);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const socket = connect(started, 1);
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNRESET');
    }
    expect(failures.map(({ code, message }) => ({ code, message }))).toEqual([
      { code: 'PORT_FORWARD_FAILED', message: `Nothing listens on port 9 in pod ${rig.namespace}/one` },
    ]);
    expect(await ask(started, 'still')).toBe('one still');
  });

  it('goes on with the pod that replaces the first', async () => {
    const started = await forward(8001);
    expect(await ask(started, 'a')).toBe('one a');
    await deleteObject(rig.kube, corePath('pods', { namespace: rig.namespace, name: 'one' }));
    await ready('two');
    await answering(started);
    expect(await ask(started, 'b')).toBe('two b');
  });

  it('frees its ports when it is disposed, though a connection is open', async () => {
    const started = await forward(8003);
    const socket = connect(started);
    socket.on('error', () => {});
    await once(socket, 'data');
    await started[Symbol.asyncDispose]();
    const again = connect(started);
    const [error] = (await once(again, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});
