import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readOnAfterFailedWrite } from '../../../src/kube/logs/read-on.js';

/** Both ends of one connection. */
async function pair(): Promise<{ near: Socket; far: Socket; close: () => void }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'connect')])) as [[Socket], []];
  return { near, far, close: () => server.close() };
}

/** What is read of a connection whose other end speaks and resets it before we write, all within one turn of the event loop. */
async function lastWords(prepare: (near: Socket) => void): Promise<{ heard: string; error: string }> {
  const { near, far, close } = await pair();
  prepare(near);
  let heard = '';
  let error = '';
  near.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  near.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code!));
  const closed = once(near, 'close');
  far.write('last words');
  far.resetAndDestroy();
  near.write('more');
  near.write('and more');
  await closed.catch(() => undefined);
  close();
  return { heard, error };
}

describe('readOnAfterFailedWrite', () => {
  it('reads what came before the write failed, and fails then', async () => {
    const { error, heard } = await lastWords(readOnAfterFailedWrite);
    expect(heard).toBe('last words');
    expect(['ECONNRESET', 'EPIPE']).toContain(error);
  });

  it('is needed: Node itself throws it away', async () => {
    expect((await lastWords(() => {})).heard).toBe('');
  });

  it('changes nothing for writes that arrive', async () => {
    const { near, far, close } = await pair();
    readOnAfterFailedWrite(near);
    near.cork();
    near.write('a');
    near.write('b');
    near.uncork();
    near.end('c');
    let heard = '';
    for await (const chunk of far) heard += (chunk as Buffer).toString();
    expect(heard).toBe('abc');
    close();
  });
});
