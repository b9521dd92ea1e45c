import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { load } from 'js-yaml';
import { clusterLayout } from '../cluster/paths.js';
import { readIdentity } from '../cluster/pki.js';

/** What a reverse proxy before the API server does with upgrades. */
export interface UpgradeRules {
  /** `v4`: as a server before 1.30; `none`: as a proxy that knows no WebSockets. */
  webSocket: 'all' | 'v4' | 'none';
  spdy: boolean;
}

export interface UpgradeProxy extends AsyncDisposable {
  readonly url: string;
  /** The `Upgrade` header and sub-protocols of each attempt. */
  readonly upgrades: string[];
}

interface Admin {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

/** A reverse proxy that ends TLS itself, in front of the real API server, as its administrator. */
export async function startUpgradeProxy(kubeconfig: string, rules: UpgradeRules): Promise<UpgradeProxy> {
  const admin = load(await readFile(kubeconfig, 'utf8')) as Admin;
  const decoded = (text: string): Buffer => Buffer.from(text, 'base64');
  const { hostname, port } = new URL(admin.clusters[0]!.cluster.server);
  const upstream: RequestOptions = {
    hostname,
    port,
    ca: decoded(admin.clusters[0]!.cluster['certificate-authority-data']),
    cert: decoded(admin.users[0]!.user['client-certificate-data']),
    key: decoded(admin.users[0]!.user['client-key-data']),
    agent: false,
  };
  const { certificate, key } = await readIdentity(clusterLayout().pki, 'apiserver');
  const upgrades: string[] = [];
  const open = new Set<Socket>();
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const { headers, method, url: path } = incoming;
    const forwarded = httpsRequest({ ...upstream, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('upgrade', (incoming, client: Socket, head) => {
    client.on('error', () => {});
    const headers = { ...incoming.headers };
    const offered = headers['sec-websocket-protocol']?.split(/, */) ?? [];
    upgrades.push([headers.upgrade, ...offered].join(' '));
    const webSocket = headers.upgrade === 'websocket';
    const wanted = rules.webSocket === 'v4' ? offered.filter((one) => one.startsWith('v4.')) : offered;
    if (webSocket ? rules.webSocket === 'none' || wanted.length === 0 : !rules.spdy) {
      client.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 14\r\n\r\n<html>no</html');
      return;
    }
    if (webSocket) headers['sec-websocket-protocol'] = wanted.join(', ');
    const { method, url: path } = incoming;
    const forwarded = httpsRequest({ ...upstream, method, path, headers });
    forwarded.on('upgrade', (answer, socket: Socket, first) => {
      const lines = answer.rawHeaders
        .map((text, index) => (index % 2 ? `${text}\r\n` : `${text}: `))
        .join('');
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
      client.write(first);
      socket.on('error', () => client.destroy());
      client.on('close', () => socket.destroy());
      socket.on('close', () => client.destroy());
      socket.pipe(client).pipe(socket);
      socket.write(head);
    });
    forwarded.on('response', (answer) => {
      client.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`);
      answer.pipe(client);
    });
    forwarded.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upgrades,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
