import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { loadKube, type Kube } from '../../src/kube/kube.js';

/** An API server of the tests' own, for what a real one does not do on demand. */
export interface FakeServer extends AsyncDisposable {
  kube: Kube;
  /** `METHOD /path?query` of every request so far. */
  requests: string[];
  /** Connections accepted so far. */
  sockets: Socket[];
}

export interface FakeBehaviour {
  answer?: (request: IncomingMessage, response: ServerResponse, count: number) => void;
  /** Sub-protocols the server speaks, and what it does with an accepted stream. */
  streams?: { protocols: string[]; accept: (socket: WebSocket, request: IncomingMessage) => void };
  /** The `user` of the kubeconfig. */
  user?: Record<string, unknown>;
}

export async function fakeServer(behaviour: FakeBehaviour): Promise<FakeServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    behaviour.answer?.(request, response, requests.length);
  });
  server.on('connection', (socket) => sockets.push(socket));
  const { streams } = behaviour;
  if (streams) {
    const acceptor = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => streams.protocols.find((one) => offered.has(one)) ?? false,
    });
    server.on('upgrade', (request, socket, head) => {
      acceptor.handleUpgrade(request, socket, head, (accepted) => streams.accept(accepted, request));
    });
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const folder = await mkdtemp(join(tmpdir(), 'devspace-kube-'));
  const file = join(folder, 'config');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    file,
    JSON.stringify({
      'current-context': 'fake',
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
      clusters: [{ name: 'fake', cluster: { server: url } }],
      users: [{ name: 'fake', user: behaviour.user ?? {} }],
    }),
  );
  const kube = await loadKube({ env: { KUBECONFIG: file } });
  return {
    kube,
    requests,
    sockets,
    async [Symbol.asyncDispose]() {
      kube[Symbol.dispose]();
      server.close();
      for (const socket of sockets) socket.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function json(response: ServerResponse, body: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function statusBody(code: number, message: string, more: Record<string, unknown> = {}): unknown {
  return { kind: 'Status', status: 'Failure', code, message, ...more };
}
