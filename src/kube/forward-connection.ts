import type { Socket } from 'node:net';
import { Failure } from '../base/failure.js';
import { corePath, withQuery } from './api-paths.js';
import { openChannel, type Channel, type ChannelHandlers } from './channel.js';
import type { Kube } from './kubeconfig.js';

export interface PodName {
  namespace: string;
  name: string;
}

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

/** Opens the way to a port of a pod. The connection's data flow from {@link ForwardConnection.start} on. Failures as openChannel. */
export async function openForwardConnection(
  kube: Kube,
  pod: PodName,
  remotePort: number,
  signal: AbortSignal,
): Promise<ForwardConnection> {
  const path = corePath('pods', { namespace: pod.namespace, name: pod.name, subresource: 'portforward' });
  let opened: ForwardConnection | undefined;
  await openChannel(kube, {
    path: withQuery(path, { ports: remotePort }),
    protocols,
    accept: (channel) => (opened = new ForwardConnection(channel, pod, remotePort)),
    signal,
  });
  return opened!;
}

/** opened -> started -> closed. One local socket against one WebSocket, with back-pressure both ways. */
export class ForwardConnection implements ChannelHandlers {
  /** Resolves when it is all over: with a failure when something was lost, and whether anything had come from the pod before. */
  readonly done: Promise<{ failure: Failure | undefined; answered: boolean }>;
  private finish: (result: { failure: Failure | undefined; answered: boolean }) => void = () => {};
  private readonly channel: Channel;
  private readonly pod: PodName;
  private readonly remotePort: number;
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
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  /** Connects the local socket. It is closed or reset when the connection is over; `done` tells. */
  start(socket: Socket): void {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.send(socket, chunk));
    socket.on('drain', () => this.channel.resume());
    socket.once('end', () => this.waitForRest());
    socket.once('close', () => this.channel.close());
    // A reset by the local client concerns nobody else; 'close' follows.
    socket.on('error', () => {});
    for (const data of this.early.splice(0)) this.deliver(data);
    if (this.over) this.closeSocket(socket, this.over.failure);
    else if (socket.destroyed) this.channel.close();
    else socket.resume();
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
    const failure = this.errorText === '' ? (local ? undefined : error) : this.refused();
    this.over = { failure };
    if (this.socket) this.closeSocket(this.socket, failure);
    this.finish({ failure, answered: this.answered });
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
    if (failure) socket.resetAndDestroy();
    else {
      socket.resume();
      socket.destroySoon();
    }
  }

  private refused(): Failure {
    const { namespace, name } = this.pod;
    const nobody = /connection refused/i.test(this.errorText);
    return new Failure({
      code: 'PORT_FORWARD_FAILED',
      message: nobody
        ? `Nothing listens on port ${this.remotePort} in pod ${namespace}/${name}`
        : `Cannot forward to port ${this.remotePort} of pod ${namespace}/${name}: ${this.errorText.trim()}`,
      subject: `${name}:${this.remotePort}`,
      hint: nobody
        ? `Check that the app has started and listens on ${this.remotePort}, or correct \`remotePort\` in dev.ports`
        : `devspace logs --pod ${name}`,
    });
  }
}
