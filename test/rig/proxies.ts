import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';

/** A proxy of the tests' own. It really connects to where it is asked to. */
export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** Where it was asked to connect to, `host:port` each. */
  readonly asked: string[];
  /** `Proxy-Authorization` of each CONNECT, or `user:password` of each SOCKS login. */
  readonly logins: (string | undefined)[];
}

export interface ConnectProxyOptions {
  /** The only `user:password` that is let in. */
  login?: string;
  /** Answers every CONNECT with this instead. */
  answer?: string;
  /** Certificate and key, for a proxy that is reached over TLS. */
  tls?: { cert: Buffer; key: Buffer };
}

/** An HTTP proxy that knows CONNECT and nothing else. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<TestProxy> {
  const server = options.tls ? createTlsServer(options.tls) : createServer();
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    client.on('error', () => {});
    asked.push(request.url!);
    const login = request.headers['proxy-authorization'];
    logins.push(login);
    const wanted = options.login && `Basic ${Buffer.from(options.login).toString('base64')}`;
    const refused = wanted !== undefined && login !== wanted;
    const answer =
      options.answer ?? (refused ? 'HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\n\r\n' : '');
    if (answer) {
      client.end(answer);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 80),
      allowHalfOpen: true,
    });
    upstream.once('connect', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    join(client, upstream);
  });
  return listening(server, asked, logins);
}

/** A SOCKS 5 proxy. `code`: what it answers each request with instead of connecting. */
export async function startSocksProxy(options: { login?: string; code?: number } = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  const server = createTcpServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => {});
    void serveSocks(client, options, asked, logins).catch(() => client.destroy());
  });
  return listening(server, asked, logins);
}

async function serveSocks(
  client: Socket,
  { login, code = 0 }: { login?: string; code?: number },
  asked: string[],
  logins: (string | undefined)[],
): Promise<void> {
  const [, count] = await take(client, 2);
  const methods = await take(client, count!);
  const method = login === undefined ? 0 : 2;
  client.write(Buffer.from([5, methods.includes(method) ? method : 255]));
  if (!methods.includes(method)) return;
  if (login !== undefined) {
    const user = await take(client, (await take(client, 2))[1]!);
    const password = await take(client, (await take(client, 1))[0]!);
    logins.push(`${user.toString()}:${password.toString()}`);
    const wrong = logins.at(-1) !== login;
    client.write(Buffer.from([1, wrong ? 1 : 0]));
    if (wrong) return;
  }
  const [, , , kind] = await take(client, 4);
  let host: string;
  if (kind === 1) host = [...(await take(client, 4))].join('.');
  else if (kind === 3) host = (await take(client, (await take(client, 1))[0]!)).toString();
  else host = (await take(client, 16)).toString('hex').match(/.{4}/g)!.join(':');
  const port = (await take(client, 2)).readUInt16BE();
  asked.push(`${host}:${port}`);
  const answer = Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
  if (code !== 0) return void client.end(answer);
  const upstream = connect({ host, port, allowHalfOpen: true });
  upstream.once('connect', () => client.write(answer));
  join(client, upstream);
}

async function take(socket: Socket, size: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(size) as Buffer | null;
    if (bytes?.length === size) return bytes;
    if (socket.readableEnded || socket.destroyed) throw new Error('closed');
    await Promise.race([once(socket, 'readable'), once(socket, 'end')]);
  }
}

function join(client: Socket, upstream: Socket): void {
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
  client.pipe(upstream).pipe(client);
}

async function listening(
  server: Server,
  asked: string[],
  logins: (string | undefined)[],
): Promise<TestProxy> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    logins,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
