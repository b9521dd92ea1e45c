import type { AddressInfo, Server, Socket } from 'node:net';
import { Failure, isFailure } from '../base/failure.js';
import { openForwardConnection, type ForwardConnection, type PodName } from './forward-connection.js';
import type { Kube } from './kubeconfig.js';
import { onAbort } from './on-abort.js';
import { closeServer, listen, type Mapping } from './local-port.js';

export { checkPortsFree, type Mapping } from './local-port.js';

export interface ForwardOptions {
  mappings: readonly Mapping[];
  /**
   * Finds the pod. Called when the first connection comes, and again after a connection could not be made, for the pod may have been replaced;
   * not called twice at a time. The signal is the forward's.
   */
  resolvePod: (signal: AbortSignal) => Promise<PodName>;
  signal?: AbortSignal | undefined;
  /** Told why a connection failed: once for each text, until a connection has worked again. */
  onConnectionError?: ((failure: Failure) => void) | undefined;
}

/** Local ports that lead into a pod. Disposing closes them and resets the connections that are still open. */
export interface Forward extends AsyncDisposable {
  /** With the ports that are really bound. */
  readonly mappings: readonly Mapping[];
}

/**
 * Binds the local ports and forwards each connection over a stream of its own, so that none can harm another. Nothing is asked of the cluster until a
 * connection comes, and the forward outlives its pod: a connection that cannot be made is tried once more with the pod found anew.
 *
 * Throws PORT_IN_USE, PORT_NOT_ALLOWED, PORT_ADDRESS_UNKNOWN, with nothing left bound. Later failures only concern their connection, which is reset.
 */
export async function startForward(kube: Kube, options: ForwardOptions): Promise<Forward> {
  const stop = new AbortController();
  options.signal?.throwIfAborted();
  const forget = onAbort(options.signal, () => stop.abort(options.signal?.reason));
  const connections = new Connections(kube, options, stop.signal);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    forget();
    const closed = servers.map(closeServer);
    stop.abort();
    await Promise.all([...closed, connections.allDone()]);
  };
  try {
    for (const mapping of options.mappings) {
      servers.push(await listen(mapping, (socket) => connections.add(socket, mapping.remotePort)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  onAbort(stop.signal, () => {
    for (const server of servers) server.close();
  });
  return {
    mappings: options.mappings.map((mapping, index) => ({
      ...mapping,
      port: (servers[index]!.address() as AddressInfo).port,
    })),
    [Symbol.asyncDispose]: close,
  };
}

class Connections {
  private readonly kube: Kube;
  private readonly options: ForwardOptions;
  private readonly signal: AbortSignal;
  private readonly running = new Set<Promise<void>>();
  private readonly reported = new Set<string>();
  private pod: Promise<PodName> | undefined;

  constructor(kube: Kube, options: ForwardOptions, signal: AbortSignal) {
    this.kube = kube;
    this.options = options;
    this.signal = signal;
  }

  add(socket: Socket, remotePort: number): void {
    const running = this.serve(socket, remotePort)
      .catch((error: unknown) => this.fail(socket, error))
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  async allDone(): Promise<void> {
    await Promise.all(this.running);
  }

  private async serve(socket: Socket, remotePort: number): Promise<void> {
    // Until it is connected through, a reset by the client is nobody's failure.
    socket.on('error', () => {});
    const { connection, forget } = await this.open(remotePort);
    connection.start(socket);
    const { failure, answered } = await connection.done;
    if (failure === undefined) this.reported.clear();
    else {
      if (!answered) forget();
      this.report(failure);
    }
  }

  private async open(remotePort: number): Promise<{ connection: ForwardConnection; forget: () => void }> {
    for (let attempt = 0; ; attempt += 1) {
      const mine = (this.pod ??= this.options.resolvePod(this.signal));
      const forget = (): void => {
        if (this.pod === mine) this.pod = undefined;
      };
      try {
        return {
          connection: await openForwardConnection(this.kube, await mine, remotePort, this.signal),
          forget,
        };
      } catch (error) {
        forget();
        this.signal.throwIfAborted();
        if (attempt > 0 || !isFailure(error)) throw error;
      }
    }
  }

  private fail(socket: Socket, error: unknown): void {
    socket.resetAndDestroy();
    if (this.signal.aborted) return;
    if (error instanceof Failure) this.report(error);
    // What is not a Failure is a bug: it must not vanish in a connection nobody watches.
    else
      queueMicrotask(() => {
        throw error;
      });
  }

  private report(failure: Failure): void {
    if (this.signal.aborted || this.reported.has(failure.message)) return;
    this.reported.add(failure.message);
    this.options.onConnectionError?.(failure);
  }
}
