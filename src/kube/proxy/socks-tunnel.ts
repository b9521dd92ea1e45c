import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { Failure } from '../../base/failure.js';
import { timedOut } from '../../base/timed-out.js';
import { onAbort } from '../on-abort.js';
import type { ProxyChoice } from './choose.js';
import type { DialOptions, Target } from './target.js';
import {
  connectionTrouble,
  credentialsHint,
  proxyCredentials,
  proxyRefused,
  proxyUnreachable,
} from './proxy-failure.js';

// https://www.rfc-editor.org/rfc/rfc1928, and rfc1929 for user name and password
const version = 5;
const withoutLogin = 0;
const withPassword = 2;
const noMethod = 255;
const connectCommand = 1;
const addressKinds = { ipv4: 1, name: 3, ipv6: 4 };
const answers = [
  'succeeded',
  'general failure',
  'not allowed by its rules',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'time to live expired',
  'command not supported',
  'address type not supported',
];
const notAllowed = 2;
const unsupported = 7;

/** Asks a SOCKS 5 proxy for a connection. Contract: dialThroughProxy. */
export async function openSocksTunnel(
  proxy: ProxyChoice,
  target: Target,
  options: DialOptions,
): Promise<Socket> {
  const { hostname, port } = proxy.url;
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 1080 });
  const late = (): unknown => socket.destroy(timedOut());
  const timer = setTimeout(late, options.timeoutMs ?? 30_000);
  const forget = onAbort(options.signal, late);
  try {
    await once(socket, 'connect');
    await negotiate(socket, proxy, target);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof Failure ? error : proxyUnreachable(proxy, target, connectionTrouble(error), error);
  } finally {
    clearTimeout(timer);
    forget();
  }
}

async function negotiate(socket: Socket, proxy: ProxyChoice, target: Target): Promise<void> {
  const credentials = proxyCredentials(proxy);
  const methods = credentials ? [withoutLogin, withPassword] : [withoutLogin];
  socket.write(Buffer.from([version, methods.length, ...methods]));
  const [, method] = await answer(socket, 2, version);
  if (method === noMethod) {
    const wanted = credentials ? 'accepts no user and password' : 'wants a user and a password';
    throw proxyRefused(proxy, wanted, credentialsHint(proxy));
  }
  if (method === withPassword && credentials) {
    socket.write(Buffer.concat([Buffer.from([1]), sized(credentials.user), sized(credentials.password)]));
    const [, failed] = await answer(socket, 2, 1);
    if (failed !== 0) throw proxyRefused(proxy, 'does not accept the credentials', credentialsHint(proxy));
  }

  const portBytes = Buffer.alloc(2);
  portBytes.writeUInt16BE(target.port);
  socket.write(Buffer.concat([Buffer.from([version, connectCommand, 0]), address(target.host), portBytes]));
  const [, code = 1, , kind] = await answer(socket, 4, version);
  if (code !== 0) throw refusal(proxy, target, code);
  // The address it connects from, which nobody needs.
  const rest =
    kind === addressKinds.ipv4 ? 4 : kind === addressKinds.ipv6 ? 16 : (await readExactly(socket, 1))[0]!;
  await readExactly(socket, rest + 2);
}

function refusal(proxy: ProxyChoice, target: Target, code: number): Failure {
  const where = `${target.host}:${target.port}`;
  const said = answers[code] ?? `answer ${code}`;
  return code === notAllowed || code >= unsupported
    ? proxyRefused(
        proxy,
        `does not let connections through to ${where}: ${said}`,
        `Allow connections to ${where} there`,
      )
    : proxyUnreachable(proxy, target, `cannot reach ${where}: ${said}`);
}

function address(host: string): Buffer {
  const family = isIP(host);
  if (family === 4) return Buffer.from([addressKinds.ipv4, ...host.split('.').map(Number)]);
  if (family === 6) return Buffer.concat([Buffer.from([addressKinds.ipv6]), ipv6Bytes(host)]);
  return Buffer.concat([Buffer.from([addressKinds.name]), sized(host)]);
}

function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const words = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const [before, after] = [words(head), words(tail)];
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const bytes = Buffer.alloc(16);
  all.forEach((word, index) => bytes.writeUInt16BE(Number.parseInt(word, 16), index * 2));
  return bytes;
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

async function answer(socket: Socket, size: number, first: number): Promise<Buffer> {
  const bytes = await readExactly(socket, size);
  if (bytes[0] !== first) throw new Error('it does not speak SOCKS 5');
  return bytes;
}

async function readExactly(socket: Socket, size: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(size) as Buffer | null;
    if (bytes?.length === size) return bytes;
    if (socket.readableEnded || socket.destroyed) {
      throw Object.assign(new Error('closed'), { code: 'ECONNRESET' });
    }
    await Promise.race([once(socket, 'readable'), once(socket, 'end')]);
  }
}
