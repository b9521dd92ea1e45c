import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { resetSocket } from '../../src/base/reset-socket.js';

/** Both ends of a connection; `closed` when the far one has told of its end. */
async function connection(): Promise<{ client: Socket; closed: Promise<unknown>; far: Socket }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [[far]] = (await Promise.all([accepted, once(client, 'connect')])) as [[Socket], unknown];
  far.on('error', () => {});
  const closed = once(far, 'close');
  server.close();
  return { client, closed, far };
}

/** What the client gets from now on: its bytes, and how they end. */
function received(client: Socket): Promise<{ bytes: number; end: string | undefined }> {
  let bytes = 0;
  let end: string | undefined;
  client.on('data', (chunk: Buffer) => (bytes += chunk.length));
  client.on('end', () => (end = 'end'));
  client.on('error', (error: NodeJS.ErrnoException) => (end = error.code));
  return new Promise((resolve) => client.once('close', () => resolve({ bytes, end })));
}

describe('resetSocket', () => {
  it('is a reset to the other side', async () => {
    const { client, closed, far } = await connection();
    const got = received(client);
    resetSocket(far);
    await closed;
    expect(await got).toEqual({ bytes: 0, end: 'ECONNRESET' });
  });

  it('closes a connection whose end is just on its way, and loses nothing of it', async () => {
    const { client, closed, far } = await connection();
    const got = received(client);
    await new Promise((resolve) => far.write('whole', resolve));
    far.end();
    expect(far.writableFinished).toBe(false);
    resetSocket(far);
    await closed;
    expect(await got).toEqual({ bytes: 5, end: 'end' });
  });

  it('does not wait for a client that takes nothing, even when the end was said', async () => {
    const { client, closed, far } = await connection();
    client.pause();
    far.end(Buffer.alloc(50_000_000));
    expect(far.writableLength).toBeGreaterThan(0);
    resetSocket(far);
    await closed;
    client.destroy();
  });
});
