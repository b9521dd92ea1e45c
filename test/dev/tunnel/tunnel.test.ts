import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort } from '../../../src/kube/forward/local-port.js';
import { refusedCodes, resetCodes } from '../../../src/dev/tunnel/frames.js';
import { join } from '../../../src/dev/tunnel/join.js';
import type { StreamBreak, TunnelStream } from '../../../src/dev/tunnel/stream.js';
import { buildHelper, helperMissing } from '../../sync/rig.js';
import { exchange, serveExchange } from './exchange.js';
import { openTunnelHere, serveHere, type Listening, type TunnelRig } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`skipped, the tunnel with the real helper: ${missing}`);

const answer = (socket: Socket): void => serveExchange(socket, createHash('sha256'));

/** Collects what a stream says. */
function heard(stream: TunnelStream) {
  const chunks: Buffer[] = [];
  const over = new Promise<StreamBreak | undefined>((resolve) => {
    stream.attach({
      connected() {},
      data(content) {
        chunks.push(content);
        stream.passed(content.length);
      },
      end() {},
      drain() {},
      closed: resolve,
    });
  });
  return { over, text: () => Buffer.concat(chunks).toString() };
}

describe.skipIf(missing)('a tunnel', () => {
  let helperDir: string;
  let rig: TunnelRig;
  let open: AsyncDisposable[] = [];
  const serve = async (how: (socket: Socket) => void): Promise<Listening> => {
    const server = await serveHere(how);
    open.push(server);
    return server;
  };
  /** A local port whose connections go through the tunnel to `port`. */
  const forward = (port: number, connected?: (stream: TunnelStream) => void): Promise<Listening> =>
    serve((socket) => {
      socket.pause();
      const stream = rig.tunnel.connect('tcp', port);
      connected?.(stream);
      void join(stream, socket, { isConnecting: true });
    });
  /** A port in the "container" whose connections go to `port` here. */
  const reverse = async (port: number): Promise<number> => {
    const there = await findFreePort('127.0.0.1');
    const listening = await rig.tunnel.listen({
      transport: 'tcp',
      address: '127.0.0.1',
      port: there,
      accept: (stream) => {
        const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
        socket.on('error', () => {});
        void join(stream, socket);
      },
      stopped: () => {},
    });
    expect(listening).toBeTypeOf('number');
    return there;
  };
  const dial = (port: number): Socket =>
    createConnection({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });

  beforeAll(async () => {
    helperDir = await buildHelper();
  }, 120_000);
  beforeEach(async () => {
    rig = await openTunnelHere(helperDir);
  });
  afterEach(async () => {
    await rig[Symbol.asyncDispose]();
    for (const one of open) await one[Symbol.asyncDispose]();
    open = [];
  });
  afterAll(() => {
    if (helperDir) rmSync(helperDir, { recursive: true, force: true });
  });

  it('carries an exchange in which the client ends its input and then waits, both ways', async () => {
    const { port } = await serve(answer);
    await exchange(dial((await forward(port)).port));
    await exchange(dial(await reverse(port)));
  });

  it('carries 200 of them at once, one of which is reset, and harms no other', async () => {
    const { port } = await serve(answer);
    for (const entry of [(await forward(port)).port, await reverse(port)]) {
      const sockets = Array.from({ length: 200 }, () => dial(entry));
      const victim = sockets[77]!;
      const outcomes = sockets.map((socket) => exchange(socket, 20_000).then(() => 'whole', String));
      await once(victim, 'data');
      victim.resetAndDestroy();
      const all = await Promise.all(
        outcomes.map((one, index) => (index === 77 ? Promise.resolve('whole') : one)),
      );
      expect(all.filter((one) => one !== 'whole')).toEqual([]);
    }
  }, 60_000);

  it('resets what is reset on the other side, and ends what is ended', async () => {
    const { port } = await serve((socket) =>
      socket.once('data', (data) =>
        String(data) === 'reset' ? socket.resetAndDestroy() : socket.end('end'),
      ),
    );
    for (const entry of [(await forward(port)).port, await reverse(port)]) {
      const broken = dial(entry);
      broken.write('reset');
      const [error] = (await once(broken, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNRESET');
      const ended = dial(entry);
      ended.write('end');
      await once(ended.resume(), 'end');
      ended.end();
    }
  });

  it('does not let one reader that stops hold up the others', async () => {
    const bytes = 8 * 1024 * 1024;
    const { port } = await serve((socket) => socket.once('data', () => socket.end(Buffer.alloc(bytes, 7))));
    const entry = (await forward(port)).port;
    const deaf = dial(entry).pause();
    deaf.write('x');
    for (let round = 0; round < 3; round += 1) {
      const socket = dial(entry);
      socket.write('x');
      let got = 0;
      socket.on('data', (data) => (got += data.length));
      await once(socket, 'end');
      expect(got).toBe(bytes);
      socket.end();
    }
    let late = 0;
    deaf.on('data', (data) => (late += data.length)).resume();
    await once(deaf, 'end');
    expect(late).toBe(bytes);
    deaf.end();
  });

  it('says why it could not connect, and gives back what was said', async () => {
    const stream = rig.tunnel.connect('tcp', await findFreePort('127.0.0.1'));
    stream.write(Buffer.from('to nobody'));
    const { over } = heard(stream);
    expect(await over).toMatchObject({ code: resetCodes.refused });
  });

  it('says which port is taken in the container', async () => {
    const { port } = await serve(() => {});
    const spec = { transport: 'tcp', port, accept: () => {}, stopped: () => {} } as const;
    expect(await rig.tunnel.listen({ ...spec, address: '127.0.0.1' })).toMatchObject({
      code: refusedCodes.taken,
    });
    expect(await rig.tunnel.listen({ ...spec, address: '192.0.2.1' })).toMatchObject({
      code: refusedCodes.noAddress,
    });
  });

  it('breaks everything in it, with the reason, when the helper is killed', async () => {
    const { port } = await serve(() => {});
    const { over } = heard(rig.tunnel.connect('tcp', port));
    process.kill(rig.child.pid, 'SIGKILL');
    expect(await rig.tunnel.closed).toMatchObject({ code: 'STREAM_LOST' });
    expect(await over).toMatchObject({ code: undefined });
    await expect(
      rig.tunnel.listen({
        transport: 'tcp',
        address: '127.0.0.1',
        port,
        accept: () => {},
        stopped: () => {},
      }),
    ).rejects.toMatchObject({ code: 'STREAM_LOST' });
    expect(await heard(rig.tunnel.connect('tcp', port)).over).toMatchObject({ code: undefined });
  });

  it('takes the place of the one with the same token, with its ports', async () => {
    const there = await findFreePort('127.0.0.1');
    const spec = { transport: 'tcp', address: '127.0.0.1', port: there, stopped: () => {} } as const;
    expect(await rig.tunnel.listen({ ...spec, accept: () => {} })).toBeTypeOf('number');
    const next = await openTunnelHere(helperDir);
    open.push(next);
    expect(await next.tunnel.listen({ ...spec, accept: (stream) => stream.end() })).toBeTypeOf('number');
    const socket = dial(there).resume();
    await once(socket, 'end');
    socket.end();
    expect(await rig.tunnel.closed).toMatchObject({ code: 'STREAM_LOST' });
  });
});
