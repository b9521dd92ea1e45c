import { Failure, isFailure } from '../../base/failure.js';
import {
  portFailure,
  type Outcome,
  type PodConnection,
  type PodName,
  type WayToPod,
} from '../../kube/forward/pod-connection.js';
import type { Socket } from 'node:net';
import { resetCodes } from './frames.js';
import { join } from './join.js';
import type { StreamBreak, TunnelStream } from './stream.js';
import type { Tunnel } from './tunnel.js';

/** How long a helper that cannot be started in the pod is not started again. */
const refusedMs = 5000;

/** Opens a tunnel into the pod; `onUnused` as that of {@link Tunnel}. The signal ends the opening. */
export type OpenTunnel = (signal: AbortSignal, onUnused: () => void) => Promise<Tunnel>;

/** The way into a pod through a helper in it, which is started with the first connection. Dispose it to close the tunnel and what is in it. */
export class TunnelWay implements WayToPod, AsyncDisposable {
  readonly pod: PodName;
  readonly #open: OpenTunnel;
  readonly #stop = new AbortController();
  #opening: Promise<Tunnel> | undefined;
  #opened: Tunnel | undefined;
  #refusal: { failure: unknown; until: number } | undefined;
  #isRetired = false;
  #closed: Promise<void> | undefined;

  constructor(pod: PodName, open: OpenTunnel) {
    this.pod = pod;
    this.#open = open;
  }

  /** The tunnel, opened when there is none. Failures as openTunnel. */
  async tunnel(): Promise<Tunnel> {
    if (this.#opened?.isOver === false) return this.#opened;
    if (this.#refusal && performance.now() < this.#refusal.until) throw this.#refusal.failure;
    this.#opening ??= this.#openOne().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  connectNow(remotePort: number): PodConnection | undefined {
    const tunnel = this.#opened;
    if (tunnel === undefined || tunnel.isOver) return undefined;
    return new TunnelConnection(tunnel.connect('tcp', remotePort), this.pod, remotePort);
  }

  async connect(remotePort: number): Promise<PodConnection> {
    const tunnel = await this.tunnel();
    return new TunnelConnection(tunnel.connect('tcp', remotePort), this.pod, remotePort);
  }

  warm(): void {
    this.tunnel().catch(() => {});
  }

  retire(): void {
    this.#isRetired = true;
    this.#closeWhenUnused();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isRetired = true;
    if (this.#opening) this.#stop.abort();
    await this.#opening?.catch(() => {});
    this.#closed ??= this.#opened?.[Symbol.asyncDispose]();
    await this.#closed;
  }

  async #openOne(): Promise<Tunnel> {
    try {
      const tunnel = await this.#open(this.#stop.signal, () => this.#closeWhenUnused());
      this.#opened = tunnel;
      this.#closed = undefined;
      return tunnel;
    } catch (failure) {
      if (isFailure(failure, 'TUNNEL_FAILED'))
        this.#refusal = { failure, until: performance.now() + refusedMs };
      throw failure;
    }
  }

  #closeWhenUnused(): void {
    if (!this.#isRetired || this.#opened === undefined || this.#opened.size > 0) return;
    this.#closed ??= this.#opened[Symbol.asyncDispose]();
    this.#closed.catch(() => {});
  }
}

/** One forwarded connection in a tunnel. */
class TunnelConnection implements PodConnection {
  readonly #stream: TunnelStream;
  readonly #pod: PodName;
  readonly #remotePort: number;

  constructor(stream: TunnelStream, pod: PodName, remotePort: number) {
    this.#stream = stream;
    this.#pod = pod;
    this.#remotePort = remotePort;
  }

  drop(): void {
    this.#stream.reset();
  }

  async serve(socket: Socket, sent: readonly Buffer[]): Promise<Outcome> {
    const { answered, retry, why } = await join(this.#stream, socket, { sent, isConnecting: true });
    const failure = why && streamFailure(this.#pod, this.#remotePort, why);
    return { failure, answered, retry: retry && { sent: retry } };
  }
}

/** The failure for a stream to the pod that broke: PORT_FORWARD_FAILED, or STREAM_LOST when the whole tunnel did. */
export function streamFailure(pod: PodName, remotePort: number, { code, reason }: StreamBreak): Failure {
  if (code !== undefined)
    return portFailure(pod, remotePort, code === resetCodes.refused ? 'connection refused' : reason);
  return new Failure({
    code: 'STREAM_LOST',
    message: `The connection to port ${remotePort} of pod ${pod.namespace}/${pod.name} broke: ${reason}`,
    subject: `${pod.name}:${remotePort}`,
  });
}
