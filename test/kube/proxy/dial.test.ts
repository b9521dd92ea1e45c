import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseProxy } from '../../../src/kube/proxy/choose.js';
import { dialThroughProxy } from '../../../src/kube/proxy/dial.js';
import type { DialOptions } from '../../../src/kube/proxy/target.js';
import { startConnectProxy, startSocksProxy } from '../../rig/proxies.js';

let echo: Server;
let port: number;
beforeAll(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0);
  await once(echo, 'listening');
  port = (echo.address() as AddressInfo).port;
});
afterAll(() => echo.close());

async function roundTrip(url: string, host = '127.0.0.1', options?: DialOptions): Promise<string> {
  const proxy = chooseProxy(new URL('https://far.example'), undefined, { HTTPS_PROXY: url })!;
  const socket = await dialThroughProxy(proxy, { host, port }, options);
  socket.end('there and back');
  return text(socket);
}

const silent = async (): Promise<{ server: Server; port: number }> => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

describe('through an HTTP proxy', () => {
  it.each(['127.0.0.1', '::1', 'localhost'])('to %s', async (host) => {
    await using proxy = await startConnectProxy();
    expect(await roundTrip(`http://127.0.0.1:${proxy.port}`, host)).toBe('there and back');
    expect(proxy.asked).toEqual([`${host === '::1' ? '[::1]' : host}:${port}`]);
    expect(proxy.logins).toEqual([undefined]);
  });

  it('logs in with what the URL says, decoded', async () => {
    await using proxy = await startConnectProxy({ login: 'me:p@ss:wörd' });
    const url = `http://me:${encodeURIComponent('p@ss:wörd')}@127.0.0.1:${proxy.port}`;
    expect(await roundTrip(url)).toBe('there and back');
  });

  it.each<[string, string, string, string, string]>([
    ['407', 'Proxy-Authenticate: Basic realm="x"', '', 'KUBE_PROXY_REFUSED', 'wants a user and a password'],
    [
      '407',
      'Proxy-Authenticate: Basic',
      'me:secret@',
      'KUBE_PROXY_REFUSED',
      'does not accept the credentials (407 Words)',
    ],
    [
      '407',
      'Proxy-Authenticate: NTLM',
      '',
      'KUBE_PROXY_REFUSED',
      'by a method devspace does not speak: NTLM',
    ],
    ['403', 'X: y', '', 'KUBE_PROXY_REFUSED', 'does not let connections through to 127.0.0.1'],
    ['405', 'X: y', '', 'KUBE_PROXY_REFUSED', 'it answered CONNECT with 405 Words'],
    ['502', 'X: y', '', 'KUBE_UNREACHABLE', 'cannot reach 127.0.0.1'],
  ])('%s with "%s"', async (status, header, login, code, message) => {
    await using proxy = await startConnectProxy({
      answer: `HTTP/1.1 ${status} Words\r\n${header}\r\ncontent-length: 4\r\n\r\nbody`,
    });
    const failed = await roundTrip(`http://${login}127.0.0.1:${proxy.port}`).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
      subject: `http://${login ? '***@' : ''}127.0.0.1:${proxy.port} (HTTPS_PROXY)`,
      hint: expect.any(String) as string,
    });
    expect(JSON.stringify([String(failed), failed])).not.toContain('secret');
  });

  it('says when there is none', async () => {
    const proxy = await startConnectProxy();
    await proxy[Symbol.asyncDispose]();
    await expect(roundTrip(`http://127.0.0.1:${proxy.port}`)).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
      message: `The proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY) refuses connections: is it running?`,
      hint: 'Start the proxy, or go around it for this server: NO_PROXY=127.0.0.1',
    });
  });

  it.each<[string, string]>([
    ['nothing', 'closed the connection before it answered'],
    ['SSH-2.0-x\r\n', 'does not answer in HTTP'],
  ])('says when it answers %j', async (answer, words) => {
    const server = createServer((socket) => void socket.end(answer === 'nothing' ? '' : answer)).listen(0);
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(roundTrip(url)).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
      message: expect.stringContaining(words) as string,
    });
    server.close();
  });
});

describe('through a SOCKS 5 proxy', () => {
  it.each(['127.0.0.1', '::1', 'localhost'])('to %s', async (host) => {
    await using proxy = await startSocksProxy();
    expect(await roundTrip(`socks5://127.0.0.1:${proxy.port}`, host)).toBe('there and back');
    expect(proxy.asked).toEqual([
      `${host === '::1' ? '0000:0000:0000:0000:0000:0000:0000:0001' : host}:${port}`,
    ]);
  });

  it('logs in', async () => {
    await using proxy = await startSocksProxy({ login: 'me:secret' });
    expect(await roundTrip(`socks5h://me:secret@127.0.0.1:${proxy.port}`)).toBe('there and back');
    await expect(roundTrip(`socks5://127.0.0.1:${proxy.port}`)).rejects.toMatchObject({
      code: 'KUBE_PROXY_REFUSED',
      message: expect.stringContaining('wants a user and a password') as string,
    });
    await expect(roundTrip(`socks5://me:wrong@127.0.0.1:${proxy.port}`)).rejects.toMatchObject({
      code: 'KUBE_PROXY_REFUSED',
      message: expect.stringContaining('does not accept the credentials') as string,
    });
  });

  it.each([
    [2, 'KUBE_PROXY_REFUSED', 'not allowed by its rules'],
    [5, 'KUBE_UNREACHABLE', 'connection refused'],
    [42, 'KUBE_PROXY_REFUSED', 'answer 42'],
  ])('answer %i', async (answer, code, message) => {
    await using proxy = await startSocksProxy({ code: answer });
    await expect(roundTrip(`socks5://127.0.0.1:${proxy.port}`)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('says when it is something else', async () => {
    await using proxy = await startConnectProxy();
    await expect(roundTrip(`socks5://127.0.0.1:${proxy.port}`)).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
      message: expect.stringContaining('does not speak SOCKS 5') as string,
    });
  });
});

it.each(['http', 'socks5'])('a silent %s proxy is given up', async (scheme) => {
  const { server, port: at } = await silent();
  await expect(
    roundTrip(`${scheme}://127.0.0.1:${at}`, '127.0.0.1', { timeoutMs: 50 }),
  ).rejects.toMatchObject({
    code: 'KUBE_UNREACHABLE',
    message: expect.stringContaining('does not answer in time') as string,
  });
  server.close();
});

it.each(['http', 'socks5'])('a silent %s proxy is given up when nobody waits any more', async (scheme) => {
  const { server, port: at } = await silent();
  await expect(
    roundTrip(`${scheme}://127.0.0.1:${at}`, '127.0.0.1', { signal: AbortSignal.timeout(50) }),
  ).rejects.toMatchObject({
    code: 'KUBE_UNREACHABLE',
    message: expect.stringContaining('does not answer in time') as string,
  });
  server.close();
});
