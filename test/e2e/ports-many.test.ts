import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kubeconfig } from '../rig/kube-rig.js';
import { app, portsRig, type AppForward, type PortsRig } from './ports-rig.js';

const sum = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

/** Sends `data` to the echo and compares what comes back. Rejects when the connection breaks. */
function sameBack(socket: Socket, data: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    let got = 0;
    const take = (chunk: Buffer): void => {
      hash.update(chunk);
      got += chunk.length;
      if (got < data.length) return;
      stop();
      resolve(got === data.length && hash.digest('hex') === sum(data));
    };
    const stop = (): void => void socket.off('data', take).off('error', reject).off('end', early);
    const early = (): void => reject(new Error(`ended after ${got} of ${data.length} bytes`));
    socket.on('data', take).on('error', reject).on('end', early);
    socket.write(data);
  });
}

describe.skipIf(!kubeconfig)('many connections through one forward', () => {
  let rig: PortsRig;
  let forward: AppForward;

  beforeAll(async () => {
    rig = await portsRig();
    await rig.pod('one');
    forward = await rig.forward();
    // The first waits until the pod is ready.
    expect(await forward.ask('hello')).toBe('one hello');
  });
  beforeEach(() => {
    rig.failures.length = 0;
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  it('1,000 one after the other, each with its own bytes', async () => {
    for (let index = 0; index < 1000; index += 1) {
      const socket = forward.connect(app.echo);
      expect(await sameBack(socket, randomBytes(1 + (index % 40) * 500))).toBe(true);
      socket.end();
    }
    expect(rig.failures).toEqual([]);
  });

  it('500 at the same time, each with its own bytes', async () => {
    const all = Array.from({ length: 500 }, async (_, index) => {
      const socket = forward.connect(app.echo);
      await once(socket, 'connect');
      const same = await sameBack(socket, randomBytes(100 + index * 100));
      socket.end();
      return same;
    });
    expect(await Promise.all(all)).toEqual(Array.from({ length: 500 }, () => true));
    expect(rig.failures).toEqual([]);
  });

  it('one of 200 that is reset does not touch the others', async () => {
    const sockets = Array.from({ length: 200 }, () => forward.connect(app.echo));
    const round = async (some: readonly Socket[]): Promise<boolean[]> =>
      Promise.all(some.map((socket) => sameBack(socket, randomBytes(2000))));
    expect(new Set(await round(sockets))).toEqual(new Set([true]));
    const others = sockets.filter((_, index) => index !== 77);
    const meanwhile = round(others);
    sockets[77]!.resetAndDestroy();
    expect(new Set(await meanwhile)).toEqual(new Set([true]));
    expect(new Set(await round(others))).toEqual(new Set([true]));
    for (const socket of others) socket.end();
    expect(rig.failures).toEqual([]);
  });

  it('one that does not read holds none of 20 others up', async () => {
    const stalled = forward.connect(app.download);
    stalled.write(String(1024 * 1024 * 1024));
    await once(stalled, 'readable');
    const all = Array.from({ length: 20 }, async () => forward.ask('now'));
    expect(new Set(await Promise.all(all))).toEqual(new Set(['one now']));
    stalled.destroy();
  });

  it('one to an app that does not read holds none of 20 others up', async () => {
    // The echo cannot write what nobody reads, and then reads no more.
    const stalled = forward.connect(app.echo);
    stalled.pause();
    stalled.on('error', () => {});
    const block = Buffer.alloc(1 << 20);
    const isTaken = (): Promise<boolean> =>
      Promise.race([
        once(stalled, 'drain').then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1000)),
      ]);
    do while (stalled.write(block));
    while (await isTaken());
    const ask = async () => new Set(await Promise.all(Array.from({ length: 20 }, () => forward.ask('now'))));
    expect(await ask()).toEqual(new Set(['one now']));
    stalled.resetAndDestroy();
    // What it was in is not used again before it is free of that.
    expect(await ask()).toEqual(new Set(['one now']));
    expect(rig.failures).toEqual([]);
  });

  it('64 MiB down and the same up and down again arrive as they were', async () => {
    const length = 64 * 1024 * 1024;
    const down = forward.connect(app.download);
    down.write(String(length));
    const hash = createHash('sha256');
    for await (const chunk of down) hash.update(chunk as Buffer);
    expect(hash.digest('hex')).toBe(sum(Buffer.alloc(length, 7)));
    const socket = forward.connect(app.echo);
    expect(await sameBack(socket, randomBytes(length))).toBe(true);
    socket.destroy();
  });

  it('what was asked before the end of the input is answered behind it', async () => {
    const socket = forward.connect(app.ask);
    socket.end('last words');
    expect(await text(socket)).toBe('one last words');
  });

  it('an app that ends first still hears what the client says next', async () => {
    const socket = forward.connect(app.goodbye);
    const [word] = (await once(socket, 'data')) as [Buffer];
    expect(String(word)).toBe('goodbye');
    socket.end(Buffer.alloc(5000));
    socket.resume();
    await once(socket, 'close');
    expect(await text(forward.connect(app.heard))).toBe('5000');
  });

  it('an answer that the runtime cuts off behind the end of an input is no end, but a reset', async () => {
    const socket = forward.connect(app.drip);
    socket.end('x');
    // Where the runtime lets the app take its time, the answer has to be whole.
    const outcome = await text(socket).catch((error: NodeJS.ErrnoException) => error.code);
    expect(['ECONNRESET', '.'.repeat(30)]).toContain(outcome);
  });
});
