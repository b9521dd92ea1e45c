import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';

let echo: Server;
let proxy: FaultProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as { port: number };
  proxy = await startFaultProxy({ target: { host: '127.0.0.1', port } });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  echo.close();
});

async function dial(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

test('carries bytes both ways, counts them and passes an end on', async () => {
  const socket = await dial();
  expect(await ask(socket, 'hello')).toBe('hello');
  expect(proxy.bytes()).toEqual({ up: 5, down: 5 });
  expect(proxy.connections()).toBe(1);
  socket.end('bye');
  const [last] = (await once(socket, 'data')) as [Buffer];
  expect(last.toString()).toBe('bye');
  await once(socket, 'end');
});

test('carries more than its window to a reader that starts late', async () => {
  const socket = await dial();
  const sent = Buffer.alloc(12 * 1024 * 1024, 'x');
  socket.pause();
  socket.end(sent);
  let received = 0;
  socket.on('data', (chunk) => (received += chunk.length));
  socket.resume();
  await once(socket, 'end');
  expect(received).toBe(sent.length);
});

test('cut resets every connection and lets new ones in', async () => {
  const socket = await dial();
  await ask(socket, 'x');
  const broken = once(socket, 'error');
  proxy.cut();
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }]);
  expect(await ask(await dial(), 'again')).toBe('again');
});

test('hold keeps connections and bytes, release delivers them', async () => {
  const socket = await dial();
  await ask(socket, 'x');
  proxy.hold();
  const before = proxy.bytes();
  const reply = ask(socket, 'held');
  // A connection made meanwhile is held too; when it stands, the bytes above have reached the proxy or never will.
  const late = await dial();
  const lateReply = ask(late, 'late');
  expect(proxy.bytes()).toEqual(before);
  proxy.release();
  expect(await Promise.all([reply, lateReply])).toEqual(['held', 'late']);
});

test('refuse turns new connections away and keeps the old ones', async () => {
  const socket = await dial();
  await ask(socket, 'x');
  await proxy.refuse(true);
  await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(await ask(socket, 'still')).toBe('still');
  await proxy.refuse(false);
  expect(await ask(await dial(), 'back')).toBe('back');
});

test('delay postpones each direction', async () => {
  const socket = await dial();
  await ask(socket, 'x');
  proxy.delay(60);
  const begun = performance.now();
  expect(await ask(socket, 'slow')).toBe('slow');
  expect(performance.now() - begun).toBeGreaterThanOrEqual(118);
  proxy.delay(0);
  expect(await ask(socket, 'fast')).toBe('fast');
});

test('a target that is away resets the client', async () => {
  echo.close();
  await once(echo, 'close');
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
});
