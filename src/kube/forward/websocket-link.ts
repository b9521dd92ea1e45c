import type { Socket } from 'node:net';
import type { Failure } from '../../base/failure.js';
import { resetSocket } from '../../base/reset-socket.js';
import { settleable } from '../../base/settleable.js';
import { corePath, withQuery } from '../api/api-paths.js';
import { openChannel, type Channel, type ChannelHandlers } from '../websocket/channel.js';
import type { Kube } from '../kube.js';
import {
  portFailure,
  type Outcome,
  type PodConnection,
  type PodLink,
  type PodName,
} from './pod-connection.js';

// One port per WebSocket: channel 0 carries its data, channel 1 its error text, and each begins with the port in two bytes. Source:
// https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go
const dataChannel = 0;
const errorChannel = 1;
const portBytes = 2;
const protocols = ['v4.channel.k8s.io'];

/** Sent but not yet taken by the network before the local side is held back. */
const pendingBytes = 256 * 1024;

/**
 * How long the other side may stay silent after the local side has said its last word. The protocol cannot pass on an end of input, so whether the
 * answer is complete or the container waits for that end can only be guessed.
 */
const lingerMs = 10_000;

/**
 * A WebSocket for each connection: what there is when nothing between here and the pod lets SPDY pass. It knows no half-close: an end of input ends the
 * connection once the other side has been silent for a while.
 */
export class WebsocketLink implements PodLink {
  private readonly kube: Kube;
  private readonly pod: PodName;
  private readonly signal: AbortSignal;

  constructor(kube: Kube, pod: PodName, signal: AbortSignal) {
    this.kube = kube;
    this.pod = pod;
    this.signal = signal;
  }

  connectNow(): undefined {
    return undefined;
  }

  async connect(remotePort: number): Promise<PodConnection> {
    const { namespace, name } = this.pod;
    const path = corePath('pods', { namespace, name, subresource: 'portforward' });
    let opened: WebsocketConnection | undefined;
    await openChannel(this.kube, {
      path: withQuery(path, { ports: remotePort }),
      protocols,
      accept: (channel) => (opened = new WebsocketConnection(channel, this.pod, remotePort)),
      signal: this.signal,
    });
    return opened!;
  }

  /** Nothing is kept for later. */
  retire(): void {}
}

/** opened -> serving -> closed. One local socket against one WebSocket, with back-pressure both ways. */
class WebsocketConnection implements ChannelHandlers, PodConnection {
  private readonly channel: Channel;
  private readonly pod: PodName;
  private readonly remotePort: number;
  private readonly outcome = settleable<Outcome>();
  private socket: Socket | undefined;
  /** What came before the socket was there. */
  private early: Buffer[] = [];
  private readonly toStrip = new Map([
    [dataChannel, portBytes],
    [errorChannel, portBytes],
  ]);
  private errorText = '';
  private answered = false;
  private pending = 0;
  private over: { failure: Failure | undefined } | undefined;
  private linger: NodeJS.Timeout | undefined;

  constructor(channel: Channel, pod: PodName, remotePort: number) {
    this.channel = channel;
    this.pod = pod;
    this.remotePort = remotePort;
  }

  drop(): void {
    this.channel.close();
  }

  serve(socket: Socket, sent: readonly Buffer[]): Promise<Outcome> {
    this.socket = socket;
    for (const chunk of sent) this.send(socket, chunk);
    socket.on('data', (chunk: Buffer) => this.send(socket, chunk));
    socket.on('drain', () => this.channel.resume());
    socket.once('end', () => this.waitForRest());
    socket.once('close', () => this.channel.close());
    for (const data of this.early.splice(0)) this.deliver(data);
    if (this.over) this.closeSocket(socket, this.over.failure);
    else if (socket.destroyed) this.channel.close();
    else socket.resume();
    return this.outcome.promise;
  }

  message(id: number, message: Buffer): void {
    const strip = Math.min(this.toStrip.get(id) ?? 0, message.length);
    if (strip > 0) this.toStrip.set(id, this.toStrip.get(id)! - strip);
    const data = message.subarray(strip);
    if (data.length === 0) return;
    if (id === errorChannel) this.errorText += data.toString('utf8');
    else if (id === dataChannel) this.deliver(data);
  }

  closed(error: Failure | undefined): void {
    clearTimeout(this.linger);
    const local = this.socket?.destroyed === true;
    const failure =
      this.errorText === ''
        ? local
          ? undefined
          : error
        : portFailure(this.pod, this.remotePort, this.errorText);
    this.over = { failure };
    if (this.socket) this.closeSocket(this.socket, failure);
    this.outcome.resolve({ failure, answered: this.answered });
  }

  private deliver(data: Buffer): void {
    this.answered = true;
    this.linger?.refresh();
    if (this.socket === undefined) this.early.push(data);
    else if (!this.socket.destroyed && !this.socket.write(data)) this.channel.pause();
  }

  private send(socket: Socket, chunk: Buffer): void {
    this.pending += chunk.length;
    if (this.pending >= pendingBytes) socket.pause();
    this.channel.send(dataChannel, chunk, () => {
      this.pending -= chunk.length;
      if (this.pending < pendingBytes && socket.isPaused()) socket.resume();
    });
  }

  private waitForRest(): void {
    this.linger ??= setTimeout(() => this.channel.close(), lingerMs);
  }

  private closeSocket(socket: Socket, failure: Failure | undefined): void {
    if (socket.destroyed) return;
    // A reset tells the client that the answer is not whole; an end would look like a complete one.
    if (failure) resetSocket(socket);
    else {
      socket.resume();
      socket.destroySoon();
    }
  }
}
