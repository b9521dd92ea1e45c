import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { openExec, type ExecOptions, type ExecStream } from '../../../src/kube/exec/exec.js';
import { fakeServer, json, statusBody, type FakeServer } from '../fake-server.js';

const both = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const send = (socket: WebSocket, channel: number, data: string | Buffer): void =>
  socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data)]));
const success = JSON.stringify({ metadata: {}, status: 'Success' });
const server = (accept: (socket: WebSocket) => void, protocols = both): Promise<FakeServer> =>
  fakeServer({ streams: { protocols, accept } });
const exec = (fake: FakeServer, more: Partial<ExecOptions> = {}, signal?: AbortSignal): Promise<ExecStream> =>
  openExec(fake.kube, { namespace: 'ns', pod: 'p', container: 'c', command: ['run', 'it'], ...more }, signal);

describe('openExec', () => {
  it.each([
    [both, true],
    [['v4.channel.k8s.io'], false],
  ])('takes the best of %j', async (protocols, canCloseStdin) => {
    await using fake = await server((socket) => send(socket, 3, success), protocols);
    await using stream = await exec(fake);
    expect(stream.canCloseStdin).toBe(canCloseStdin);
    expect(await stream.exit).toBe(0);
  });

  it('names a server that speaks neither', async () => {
    await using fake = await server(() => {}, ['base64.channel.k8s.io']);
    await expect(exec(fake)).rejects.toMatchObject({ code: 'STREAM_UNSUPPORTED' });
  });

  it('closes the input with the signal of v5', async () => {
    const got: Buffer[] = [];
    await using fake = await server((socket) => {
      socket.on('message', (data: Buffer) => {
        got.push(data);
        if (data[0] === 255) send(socket, 3, success);
      });
    });
    await using stream = await exec(fake);
    stream.stdin.end('hi');
    expect(await stream.exit).toBe(0);
    expect(got).toEqual([Buffer.from('\0hi'), Buffer.from([255, 0])]);
  });

  it('puts a status together that comes in pieces, behind the output', async () => {
    await using fake = await server((socket) => {
      send(socket, 1, '');
      send(socket, 1, 'out');
      send(socket, 2, 'err');
      send(socket, 3, success.slice(0, 10));
      send(socket, 3, success.slice(10));
    });
    await using stream = await exec(fake);
    expect(await Promise.all([text(stream.stdout), text(stream.stderr), stream.exit])).toEqual([
      'out',
      'err',
      0,
    ]);
  });

  it.each<[string, (socket: WebSocket) => void]>([
    ['is cut', (socket) => socket.terminate()],
    ['is closed', (socket) => socket.close(1000)],
    ['ends within its status', (socket) => (send(socket, 3, '{"status":'), socket.close(1000))],
  ])('never guesses an exit code when the stream %s', async (_name, end) => {
    await using fake = await server((socket) => {
      send(socket, 1, 'half');
      end(socket);
    });
    await using stream = await exec(fake);
    expect(await text(stream.stdout)).toBe('half');
    await expect(stream.exit).rejects.toMatchObject({
      code: 'STREAM_LOST',
      message: expect.stringContaining('run in container "c" of pod ns/p') as string,
    });
  });

  it('notices a server that no longer answers pings', async () => {
    await using fake = await server((socket) => {
      socket.pause();
    });
    await using stream = await exec(fake, { pings: { intervalMs: 20 } });
    await expect(stream.exit).rejects.toMatchObject({ code: 'STREAM_LOST' });
  });

  it('notices it also when something small was sent before', async () => {
    await using fake = await server((socket) => socket.pause());
    await using stream = await exec(fake, { pings: { intervalMs: 20 } });
    stream.stdin.write('typed');
    await expect(stream.exit).rejects.toMatchObject({ code: 'STREAM_LOST' });
  });

  it('waits for a command that does not read, as long as the server answers elsewhere', async () => {
    let asked = 0;
    let late: WebSocket | undefined;
    await using fake = await fakeServer({
      streams: { protocols: both, accept: (socket) => (socket.pause(), (late = socket)) },
      answer: (_request, response) => {
        asked += 1;
        if (asked === 3) {
          late!.resume();
          send(late!, 3, success);
        }
        json(response, {});
      },
    });
    await using stream = await exec(fake, { pings: { intervalMs: 150 } });
    stream.stdin.write(Buffer.alloc(200_000));
    expect(await stream.exit).toBe(0);
    expect(asked).toBe(3);
  });

  it('gives it up when the server does not', async () => {
    await using fake = await fakeServer({
      streams: { protocols: both, accept: (socket) => socket.pause() },
      answer: () => {},
    });
    await using stream = await exec(fake, { pings: { intervalMs: 10 } });
    stream.stdin.write(Buffer.alloc(200_000));
    await expect(stream.exit).rejects.toMatchObject({ code: 'STREAM_LOST' });
    expect(fake.requests).toEqual(['GET /version']);
  });

  it('keeps a connection alive that answers pings and says nothing else', async () => {
    let pings = 0;
    await using fake = await server((socket) => {
      socket.on('ping', () => {
        pings += 1;
        if (pings === 10) send(socket, 3, success);
      });
    });
    await using stream = await exec(fake, { pings: { intervalMs: 5 } });
    expect(await stream.exit).toBe(0);
  });

  it('reads no further than its buffer while nobody takes the output', async () => {
    let sender: WebSocket | undefined;
    await using fake = await server((socket) => {
      sender ??= socket;
      const block = Buffer.alloc(1024 * 1024);
      for (let count = 0; count < 64; count += 1) send(socket, 1, block);
      send(socket, 3, success);
    });
    await using stream = await exec(fake);
    await once(stream.stdout, 'readable');
    await getAround(fake);
    expect(stream.stdout.readableLength).toBeLessThan(4 * 1024 * 1024);
    expect(sender?.bufferedAmount).toBeGreaterThan(32 * 1024 * 1024);
    let bytes = 0;
    for await (const chunk of stream.stdout) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(64 * 1024 * 1024);
    expect(await stream.exit).toBe(0);
  });

  it('goes on with the other output when one is thrown away', async () => {
    await using fake = await server((socket) => {
      for (let count = 0; count < 32; count += 1) send(socket, 2, Buffer.alloc(65_536));
      send(socket, 1, 'out');
      send(socket, 3, success);
    });
    await using stream = await exec(fake);
    await once(stream.stderr, 'readable');
    stream.stderr.destroy();
    expect(await text(stream.stdout)).toBe('out');
  });

  it.each([
    [400, 'container c is not valid', 'KUBE_REJECTED'],
    [403, 'no', 'KUBE_FORBIDDEN'],
    [404, 'pods "p" not found', 'KUBE_NOT_FOUND'],
    [500, 'node is gone', 'KUBE_API_ERROR'],
  ])('keeps the words of a refusal with %i', async (status, message, code) => {
    await using fake = await fakeServer({
      answer: (_request, response) => json(response, statusBody(status, message), status),
    });
    await expect(exec(fake)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(message, 'i')) as string,
    });
  });

  it.each([
    ['container_linux.go: exec: "x": executable file not found in $PATH: unknown', 127],
    ['stat /x: no such file or directory: unknown', 127],
    ['exec: "/etc": permission denied: unknown', 126],
    ['exec /x: exec format error', 126],
    ['container is in CONTAINER_EXITED state', 1],
  ])('ends like a shell when it could not be started: %s', async (message, exitCode) => {
    const failed = JSON.stringify({ status: 'Failure', reason: 'InternalError', message });
    await using fake = await server((socket) => send(socket, 3, failed));
    await using stream = await exec(fake);
    await expect(stream.exit).rejects.toMatchObject({ code: 'EXEC_FAILED', exitCode });
  });

  it('comes back when the server says so, within limits', async () => {
    await using fake = await fakeServer({
      answer: (_request, response) =>
        json(response, statusBody(429, 'slow down'), 429, { 'retry-after': '0' }),
    });
    await expect(exec(fake)).rejects.toMatchObject({ code: 'KUBE_API_ERROR' });
    expect(fake.requests).toHaveLength(6);
  });

  it('rejects with the reason of the signal, before and after it was opened', async () => {
    await using fake = await server(() => {});
    const stop = new AbortController();
    await using stream = await exec(fake, {}, stop.signal);
    stop.abort(new Error('enough'));
    await expect(stream.exit).rejects.toThrow('enough');
    await expect(exec(fake, {}, stop.signal)).rejects.toThrow('enough');
  });

  it('closes the connection when it is disposed', async () => {
    let code: number | undefined;
    await using fake = await server((socket) => {
      socket.on('close', (reason) => (code = reason));
    });
    const stream = await exec(fake);
    await stream[Symbol.asyncDispose]();
    expect(code).toBe(1000);
    await expect(stream.exit).rejects.toMatchObject({ code: 'STREAM_LOST' });
  });
});

/** Another whole exec on the same server: what was on its way before has arrived when it is over. */
async function getAround(fake: FakeServer): Promise<void> {
  const aside = new AbortController();
  const other = await exec(fake, {}, aside.signal);
  await once(other.stdout, 'readable');
  aside.abort();
  await other[Symbol.asyncDispose]();
}
