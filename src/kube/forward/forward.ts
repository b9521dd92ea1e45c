import type { AddressInfo, Server, Socket } from 'node:net';
import { Failure } from '../../base/failure.js';
import type { Kube } from '../kubeconfig.js';
import { onAbort } from '../on-abort.js';
import type { TargetSelector } from '../target-choice.js';
import { FollowedPod } from './followed-pod.js';
import { closeServer, listen, type Mapping } from './local-port.js';
import type { Link } from './link.js';

export { addressText, checkPortsFree, type Mapping } from './local-port.js';

export interface ForwardOptions {
  mappings: readonly Mapping[];
  /** The pods that connections may go to: always the newest that is ready. */
  selector: TargetSelector;
  /** How long a connection waits for such a pod. Default 30 s. */
  waitMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Connections go to this pod from now on, or wait for one. */
  onPod?: ((pod: string | undefined) => void) | undefined;
  /** Told of each connection that failed, in which pod, and whether it was the first of its kind since one has worked. */
  onConnectionError?: ((failure: Failure, pod: string | undefined, isNew: boolean) => void) | undefined;
}

/** Local ports that lead into a pod. Disposing closes them and resets the connections that are still open. */
export interface Forward extends AsyncDisposable {
  /** With the ports that are really bound. */
  readonly mappings: readonly Mapping[];
}

/** How long it may take until a pod that is gone is known to be. */
const goneMs = 2000;
/** The same for one that still answers, but without its app: its deletion is known before its containers are stopped. */
const refusedMs = 200;

/**
 * Binds the local ports and forwards each connection to the newest pod that is ready. One that comes while there is none waits; one that cannot be made
 * is made anew as long as nothing can have reached the app. No pod is asked for anything until a connection comes.
 *
 * Throws PORT_IN_USE, PORT_NOT_ALLOWED, PORT_ADDRESS_UNKNOWN, with nothing left bound. Later failures only concern their connection, which is reset.
 */
export async function startForward(kube: Kube, options: ForwardOptions): Promise<Forward> {
  options.signal?.throwIfAborted();
  const stop = new AbortController();
  const forget = onAbort(options.signal, () => stop.abort(options.signal?.reason));
  const { signal } = stop;
  const servers: Server[] = [];
  const connections = new Connections(new FollowedPod(kube, { ...options, signal }), options, signal);
  const close = async (): Promise<void> => {
    forget();
    const closed = servers.map(closeServer);
    stop.abort();
    await Promise.all([...closed, connections.ended()]);
  };
  try {
    for (const mapping of options.mappings) {
      servers.push(await listen(mapping, (socket) => connections.add(socket, mapping.remotePort)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  onAbort(signal, () => {
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
  private readonly target: FollowedPod;
  private readonly options: ForwardOptions;
  private readonly signal: AbortSignal;
  private readonly running = new Set<Promise<void>>();
  private readonly reported = new Set<string>();

  constructor(target: FollowedPod, options: ForwardOptions, signal: AbortSignal) {
    this.target = target;
    this.options = options;
    this.signal = signal;
  }

  add(socket: Socket, remotePort: number): void {
    // Until it is connected through, a reset by the client is nobody's failure; later it is its own.
    socket.on('error', () => {});
    const abort = onAbort(this.signal, () => socket.resetAndDestroy());
    const running = this.serve(socket, remotePort)
      .catch((error: unknown) => this.fail(socket, error))
      .finally(() => {
        abort();
        this.running.delete(running);
      });
    this.running.add(running);
  }

  async ended(): Promise<void> {
    await Promise.all([...this.running, this.target.ended()]);
  }

  /** Serves one local connection, over as many attempts as can do no harm. */
  private async serve(socket: Socket, remotePort: number): Promise<void> {
    let sent: readonly Buffer[] = [];
    for (let attempt = 0; !socket.destroyed; attempt += 1) {
      let link: Link | undefined;
      let failure: unknown;
      try {
        link = this.target.current ?? (await this.target.link(this.signal));
        const outcome = await (await link.connect(remotePort)).serve(socket, sent);
        if (outcome.failure === undefined) this.reported.clear();
        failure = outcome.failure;
        if (!outcome.retry) {
          if (outcome.failure) this.report(outcome.failure, link, outcome.answered);
          return;
        }
        sent = outcome.retry.sent;
      } catch (error) {
        failure = error;
      }
      this.signal.throwIfAborted();
      if (link === undefined || !(failure instanceof Failure)) throw failure;
      // A new connection to the same pod may do when one that was kept has broken; else another pod has to come.
      const again = failure.code === 'STREAM_LOST' && attempt < 3;
      const waitMs = failure.code === 'PORT_FORWARD_FAILED' ? refusedMs : goneMs;
      if (!again && !(await this.target.moved(link, waitMs, this.signal))) {
        socket.resetAndDestroy();
        return this.report(failure, link, false);
      }
    }
  }

  private fail(socket: Socket, error: unknown): void {
    socket.resetAndDestroy();
    if (this.signal.aborted) return;
    if (error instanceof Failure) this.report(error, undefined, false);
    // What is not a Failure is a bug: it must not vanish in a connection nobody watches.
    else
      queueMicrotask(() => {
        throw error;
      });
  }

  private report(failure: Failure, link: Link | undefined, answered: boolean): void {
    if (this.signal.aborted) return;
    // What breaks later on is the app's affair as often as not, and nothing new.
    const isNew = !answered && !this.reported.has(failure.message);
    this.reported.add(failure.message);
    this.options.onConnectionError?.(failure, link?.pod.name, isNew);
  }
}
