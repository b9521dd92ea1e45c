import type { AddressInfo, Server, Socket } from 'node:net';
import { Failure } from '../../base/failure.js';
import { resetSocket } from '../../base/reset-socket.js';
import type { Kube } from '../kube.js';
import { onAbort } from '../on-abort.js';
import type { Pod } from '../api/objects.js';
import type { TargetSelector } from '../select/target-choice.js';
import { isPassing } from '../api/watch.js';
import { defaultWaitMs, FollowedPod } from './followed-pod.js';
import { closeServer, listen, type Mapping } from './local-port.js';
import { Link } from './link.js';
import type { PodConnection, WayToPod } from './pod-connection.js';

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
  /** Who follows these pods already. Default: one of its own, over port-forward. */
  target?: FollowedPod | undefined;
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
/** Between attempts while the API server does not answer, unless it is known when it does again. */
const retryMs = 200;
const maxTimerMs = 2 ** 31 - 1;

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
  const connections = new Connections(kube, options, signal);
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
  private readonly kube: Kube;
  private readonly target: FollowedPod;
  /** The same, when nobody else ends it. */
  private readonly own: FollowedPod | undefined;
  private readonly options: ForwardOptions;
  private readonly signal: AbortSignal;
  private readonly running = new Set<Promise<void>>();
  private readonly reported = new Set<string>();

  constructor(kube: Kube, options: ForwardOptions, signal: AbortSignal) {
    this.kube = kube;
    const wayTo = ({ metadata: { name, namespace = kube.namespace } }: Pod): Link =>
      new Link(kube, { namespace, name }, signal);
    this.own = options.target ? undefined : new FollowedPod(kube, { ...options, signal, wayTo });
    this.target = options.target ?? this.own!;
    this.options = options;
    this.signal = signal;
  }

  add(socket: Socket, remotePort: number): void {
    // Until it is connected through, a reset by the client is nobody's failure; later it is its own.
    socket.on('error', () => {});
    // Also when all is said in the cluster, and the client is still to take it: until then the server is not closed.
    socket.once(
      'close',
      onAbort(this.signal, () => resetSocket(socket)),
    );
    const running = this.serve(socket, remotePort)
      .catch((error: unknown) => this.fail(socket, error))
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  async ended(): Promise<void> {
    await Promise.all([...this.running, this.own?.ended()]);
  }

  /** Serves one local connection, over as many attempts as can do no harm. */
  private async serve(socket: Socket, remotePort: number): Promise<void> {
    let sent: readonly Buffer[] = [];
    const end = performance.now() + (this.options.waitMs ?? defaultWaitMs);
    for (let attempt = 0; !socket.destroyed; attempt += 1) {
      let link: WayToPod | undefined;
      let failure: unknown;
      try {
        link = this.target.current ?? (await this.target.link(this.signal));
        const connection = link.connectNow(remotePort) ?? (await this.connect(link, remotePort));
        if (connection === undefined) continue;
        const outcome = await connection.serve(socket, sent);
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
      // A new connection to the same pod may do when one that was kept has broken.
      if (failure.code === 'STREAM_LOST' && attempt < 3) continue;
      if (isPassing(failure) && performance.now() < end) {
        await this.kube.network.pause(retryMs, this.signal);
        continue;
      }
      // Else another pod has to come.
      const waitMs = failure.code === 'PORT_FORWARD_FAILED' ? refusedMs : goneMs;
      if (!(await this.target.moved(link, waitMs, this.signal))) {
        resetSocket(socket);
        return this.report(failure, link, false);
      }
    }
  }

  /** Undefined when connections go elsewhere before this one is made: a pod that is going may leave the request without an answer. */
  private async connect(link: WayToPod, remotePort: number): Promise<PodConnection | undefined> {
    const made = new AbortController();
    const connecting = link.connect(remotePort);
    const moved = this.target.moved(link, maxTimerMs, AbortSignal.any([this.signal, made.signal]));
    try {
      const first = await Promise.race([connecting, moved]);
      if (typeof first !== 'boolean') return first;
      connecting.then(
        (late) => late.drop(),
        () => {},
      );
      return undefined;
    } finally {
      made.abort();
      moved.catch(() => {});
    }
  }

  private fail(socket: Socket, error: unknown): void {
    resetSocket(socket);
    if (this.signal.aborted) return;
    if (error instanceof Failure) this.report(error, undefined, false);
    // What is not a Failure is a bug: it must not vanish in a connection nobody watches.
    else
      queueMicrotask(() => {
        throw error;
      });
  }

  private report(failure: Failure, link: WayToPod | undefined, answered: boolean): void {
    if (this.signal.aborted) return;
    // What breaks later on is the app's affair as often as not, and nothing new.
    const isNew = !answered && !this.reported.has(failure.message);
    this.reported.add(failure.message);
    this.options.onConnectionError?.(failure, link?.pod.name, isNew);
  }
}
