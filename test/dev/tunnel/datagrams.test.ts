import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bindDatagrams, checkPortsFree, findFreePort } from '../../../src/kube/forward/local-port.js';
import { resetCodes } from '../../../src/dev/tunnel/frames.js';
import { LocalFlows, type LocalFlowsOptions } from '../../../src/dev/tunnel/local-flows.js';
import { connectLocally } from '../../../src/dev/tunnel/to-local.js';
import { until } from '../../rig/until.js';
import { buildHelper, helperMissing } from '../../sync/rig.js';
import { openTunnelHere, type TunnelRig } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`skipped, datagrams with the real helper: ${missing}`);

describe.skipIf(missing)('datagrams in a tunnel', () => {
  let helperDir: string;
  let rig: TunnelRig;
  let sockets: Socket[] = [];
  let flows: LocalFlows[] = [];
  const socketHere = async (): Promise<{ socket: Socket; port: number }> => {
    const socket = createSocket('udp4');
    sockets.push(socket);
    await new Promise<void>((resolve) => {
      socket.bind(0, '127.0.0.1', resolve);
    });
    return { socket, port: socket.address().port };
  };
  const echo = async (): Promise<number> => {
    const { port, socket } = await socketHere();
    socket.on('message', (content, from) => socket.send(content, from.port, from.address));
    return port;
  };
  /** A local port whose datagrams go through the tunnel to `port`. */
  const forward = async (port: number, more: Partial<LocalFlowsOptions> = {}): Promise<number> => {
    const socket = await bindDatagrams({ port: 0, bindAddress: '127.0.0.1' });
    const open = async () => rig.tunnel.connect('udp', port);
    flows.push(new LocalFlows({ socket, open, onBreak: () => {}, ...more }));
    return socket.address().port;
  };

  beforeAll(async () => {
    helperDir = await buildHelper();
  }, 120_000);
  beforeEach(async () => {
    rig = await openTunnelHere(helperDir);
  });
  afterEach(async () => {
    for (const one of flows) await one[Symbol.asyncDispose]();
    for (const one of sockets) one.close();
    await rig[Symbol.asyncDispose]();
    flows = [];
    sockets = [];
  });
  afterAll(() => {
    if (helperDir) rmSync(helperDir, { recursive: true, force: true });
  });

  it('go there and back, of every size, each client by itself', async () => {
    const port = await forward(await echo());
    const clients = await Promise.all([socketHere(), socketHere(), socketHere()]);
    for (const size of [1, 0, 1400, 65_507]) {
      for (const [index, { socket }] of clients.entries()) {
        const content = Buffer.alloc(size, index);
        const answer = once(socket, 'message') as Promise<[Buffer]>;
        socket.send(content, port, '127.0.0.1');
        expect((await answer)[0].equals(content)).toBe(true);
      }
    }
    expect(rig.tunnel.size).toBe(3);
  });

  it('end their flow when nothing comes for a while', async () => {
    const port = await forward(await echo(), { idleMs: 200 });
    const { socket } = await socketHere();
    for (let round = 0; round < 2; round += 1) {
      const answer = once(socket, 'message');
      socket.send('x', port, '127.0.0.1');
      await answer;
      await until('the end of the flow', () => rig.tunnel.size === 0);
    }
  });

  it('say when nobody listens, and begin anew', async () => {
    const there = await findFreePort('127.0.0.1');
    const breaks: unknown[] = [];
    const port = await forward(there, { onBreak: (why) => breaks.push(why) });
    const { socket } = await socketHere();
    socket.send('x', port, '127.0.0.1');
    await until('a reset', () => breaks.length > 0);
    expect(breaks).toMatchObject([{ code: resetCodes.refused }]);
    const server = createSocket('udp4').on('message', (content, from) => server.send(content, from.port));
    sockets.push(server);
    await new Promise<void>((resolve) => {
      server.bind(there, '127.0.0.1', resolve);
    });
    const answer = once(socket, 'message');
    socket.send('y', port, '127.0.0.1');
    expect(String((await answer)[0])).toBe('y');
  });

  it('come from the container, too', async () => {
    const local = await echo();
    const nobody = await findFreePort('127.0.0.1');
    const refusals: (string | undefined)[] = [];
    const listen = async (port: number): Promise<number> => {
      const there = await findFreePort('127.0.0.1');
      const listener = await rig.tunnel.listen({
        transport: 'udp',
        address: '127.0.0.1',
        port: there,
        accept: (stream) => void connectLocally(stream, port).then((why) => refusals.push(why)),
        stopped: () => {},
      });
      expect(listener).toBeTypeOf('number');
      return there;
    };
    const { socket } = await socketHere();
    const answer = once(socket, 'message');
    socket.send('hello', await listen(local), '127.0.0.1');
    expect(String((await answer)[0])).toBe('hello');
    socket.send('hello', await listen(nobody), '127.0.0.1');
    await until('a refusal', () => refusals.length > 0);
    expect(refusals[0]).toMatch(/ECONNREFUSED/);
  });

  it('need a port of their own', async () => {
    const { port } = await socketHere();
    const mapping = { port, bindAddress: '127.0.0.1', protocol: 'udp' } as const;
    await expect(checkPortsFree([mapping])).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await expect(checkPortsFree([{ ...mapping, protocol: 'tcp' }])).resolves.toEqual([]);
  });
});
