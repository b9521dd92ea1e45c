import { rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync } from 'node:fs';
import { Tunnel } from '../../../src/dev/tunnel/tunnel.js';
import { readHelper } from '../../../src/sync/inject/helper-binary.js';
import { injectHelper } from '../../../src/sync/inject/inject.js';
import { openHere, type Child } from '../../sync/rig.js';

export interface TunnelRig extends AsyncDisposable {
  tunnel: Tunnel;
  /** The process that stands for the container. */
  child: Child;
}

/** A tunnel to the real helper, in a process here. */
export async function openTunnelHere(helperDir: string, token = '0123456789ab'): Promise<TunnelRig> {
  const temporary = mkdtempSync(join(tmpdir(), 'devspace-tunnel-'));
  const started: Child[] = [];
  const stop = new AbortController();
  const helper = await injectHelper(
    openHere({ env: { TMPDIR: temporary }, started }),
    (machine) => readHelper(helperDir, machine),
    stop.signal,
    { tunnel: token },
  );
  const tunnel = new Tunnel(helper);
  return {
    tunnel,
    child: started[0]!,
    async [Symbol.asyncDispose]() {
      await tunnel[Symbol.asyncDispose]();
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

export interface Listening extends AsyncDisposable {
  port: number;
}

/** Half-open, as in a program that knows what it does. */
export async function serveHere(serve: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
