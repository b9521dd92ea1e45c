import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type FaultPipe, faultPipe, type Faults } from './fault-pipe.js';

export interface FaultProxyOptions {
  target: { host: string; port: number };
  /** Default: any free one. */
  listenPort?: number;
}

/**
 * A TCP proxy on 127.0.0.1 that does to connections what networks do. It understands nothing of what it carries, so TLS
 * and its verification pass through it. Everything acts at once on the connections there are and on those to come.
 */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** As the `server` of a kubeconfig: `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** Ends all connections with a reset, on both sides. New ones are accepted. */
  cut(): void;
  /** The connections there are fall silent for ever, and nobody is told; new ones work. */
  strand(): void;
  /** No byte moves any more, in neither direction, and nobody is told: a silent network. */
  hold(): void;
  /** Ends {@link hold}; what was sent meanwhile arrives. */
  release(): void;
  /** New connections get "connection refused", or no longer. Those there are stay. */
  refuse(on: boolean): Promise<void>;
  /** Every byte arrives this much later, in each direction. 0 ends it. */
  delay(ms: number): void;
  /** Bytes forwarded since the start: `up` to the target, `down` from it. */
  bytes(): { up: number; down: number };
  /** Connections open now. */
  connections(): number;
  /** Ends everything; the port is free afterwards. */
  close(): Promise<void>;
}

export async function startFaultProxy({ target, listenPort = 0 }: FaultProxyOptions): Promise<FaultProxy> {
  const faults: Faults = { held: false, delayMs: 0 };
  const pairs = new Set<{
    stranded: { is: boolean };
    sockets: [Socket, Socket];
    pipes: [FaultPipe, FaultPipe];
  }>();
  const bytes = { up: 0, down: 0 };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const stranded = { is: false };
    const up = faultPipe(client, upstream, faults, (count) => (bytes.up += count), stranded);
    const down = faultPipe(upstream, client, faults, (count) => (bytes.down += count), stranded);
    const pair = {
      stranded,
      sockets: [client, upstream] as [Socket, Socket],
      pipes: [up, down] as [FaultPipe, FaultPipe],
    };
    pairs.add(pair);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      // What breaks on one side breaks on the other in the same way.
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        if (client.destroyed && upstream.destroyed) pairs.delete(pair);
      });
    }
  });

  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  };
  const wakeAll = (): void => {
    for (const pair of pairs) for (const pipe of pair.pipes) pipe.wake();
  };
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair.sockets) socket.resetAndDestroy();
  };

  const port = await listen(listenPort);
  const close = async (): Promise<void> => {
    cut();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    cut,
    strand() {
      for (const pair of pairs) pair.stranded.is = true;
    },
    hold() {
      faults.held = true;
    },
    release() {
      faults.held = false;
      wakeAll();
    },
    async refuse(on) {
      if (on === !server.listening) return;
      // Closing a server only ends its listening; its 'close' event would wait for the connections too.
      if (on) server.close();
      else await listen(port);
    },
    delay(ms) {
      faults.delayMs = ms;
      wakeAll();
    },
    bytes: () => ({ ...bytes }),
    connections: () => pairs.size,
    close,
    [Symbol.asyncDispose]: close,
  };
}
