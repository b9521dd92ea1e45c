import type { ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { untilBeat } from '../../base/beat.js';
import { Failure, isFailure } from '../../base/failure.js';
import { timedOut } from '../../base/timed-out.js';
import { answerFailure, connectionFailure, knowsNoUpgrade, kubectl } from '../api/api-failure.js';
import { noAnswer, refusedLater, withConnection } from '../api/attempts.js';
import type { ApiServer, Connection } from '../access/kubeconfig.js';
import { onAbort } from '../on-abort.js';
import { readOnAfterFailedWrite } from '../logs/read-on.js';
import { openRequest, readText } from '../api/request.js';

/**
 * One WebSocket to the API server with numbered channels in it: every message is one channel byte and then data. Exec, attach and port-forward
 * run over it. Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
export interface Channel {
  /** What the server chose of the offered sub-protocols. */
  readonly protocol: string;
  /** Sends one message. `done` is called when the operating system has taken it: the sender holds back until then. */
  send(channel: number, data: Uint8Array, done?: (error?: Error | null) => void): void;
  /** Stops reading from the network (messages already read, up to 64 KiB, still come) until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes politely, by force after a second; `closed` follows. Safe to call again. */
  close(): void;
}

export interface ChannelHandlers {
  message(channel: number, data: Buffer): void;
  /** Called once, last. `error` when the connection broke rather than being closed by one of the sides. */
  closed(error: Failure | undefined): void;
}

export interface ChannelOptions {
  /** With its query. */
  path: string;
  /** In order of preference. */
  protocols: readonly string[];
  /** Called with the open channel before the first message can arrive. */
  accept: (channel: Channel) => ChannelHandlers;
  /** Ends the handshake, and later the connection, at once; `closed` follows. */
  signal?: AbortSignal | undefined;
  handshakeTimeoutMs?: number | undefined;
  pings?: PingOptions | undefined;
}

/** How soon a connection that is silently dead is noticed: after `missed` + 2 intervals at most. */
export interface PingOptions {
  /** Default 5 s. What arrives spares the next ping. */
  intervalMs?: number | undefined;
  /** Unanswered pings that mean the end; default 2. */
  missed?: number | undefined;
}

const closeGraceMs = 1000;

/**
 * The least that a server takes from us while the container reads nothing: what fits into the pipe before the command. Beyond that a server may stop
 * to read, and with it to answer pings.
 */
const pipeBytes = 64 * 1024;

/**
 * Opens a channel. A refusal is a Failure with the server's own message (see {@link answerFailure}); no answer at all is KUBE_UNREACHABLE; a server that
 * speaks none of the protocols, or anything else that answers without being an API server and without a WebSocket, is STREAM_UNSUPPORTED. After it
 * resolved, the opener closes it.
 */
export async function openChannel(kube: ApiServer, options: ChannelOptions): Promise<Channel> {
  return withConnection(kube, options.signal, (connection) => openOnce(kube, connection, options));
}

/** `SPDY/3.1+portforward.k8s.io` is no token, so that the WebSocket library would refuse it; it is told of another name. */
function asToken(protocol: string): string {
  return protocol.replaceAll('/', '|');
}

async function openOnce(kube: ApiServer, connection: Connection, options: ChannelOptions): Promise<Channel> {
  const { handshakeTimeoutMs = 30_000, signal } = options;
  const url = new URL(connection.base);
  url.protocol = connection.agent.secure ? 'wss:' : 'ws:';
  let request: ClientRequest | undefined;
  const socket = new WebSocket(
    `${url.href.replace(/\/$/, '')}${options.path}`,
    options.protocols.map(asToken),
    {
      agent: connection.agent.agent,
      headers: { ...connection.headers, 'User-Agent': 'devspace' } as Record<string, string>,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      // Masks protect proxies that read along; inside TLS nobody does, and a mask of zeros costs no copy of the data.
      ...(connection.agent.secure ? { generateMask: (mask: Buffer) => void mask.fill(0) } : {}),
      finishRequest: (outgoing: ClientRequest) => {
        request = outgoing;
        outgoing.setHeader('Sec-WebSocket-Protocol', options.protocols.join(','));
        outgoing.prependListener('upgrade', ({ headers }: IncomingMessage) => {
          const chosen = headers['sec-websocket-protocol'];
          if (chosen !== undefined) headers['sec-websocket-protocol'] = asToken(chosen);
        });
        outgoing.end();
      },
    },
  );

  return new Promise<Channel>((resolve, reject) => {
    let channel: OpenChannel | undefined;
    let handlers: ChannelHandlers | undefined;
    let broken: Failure | undefined;
    const giveUp = (reason: Error): void => {
      reject(reason);
      socket.terminate();
    };
    const forget = onAbort(signal, () => giveUp(signal?.reason as Error));
    // That of the library begins only when there is a connection.
    const timer = setTimeout(() => giveUp(connectionFailure(kube, timedOut())), handshakeTimeoutMs);
    socket.once('upgrade', (response) => readOnAfterFailedWrite(response.socket));
    socket.once('open', () => {
      clearTimeout(timer);
      channel = new OpenChannel(socket, (withinMs) => answers(kube, withinMs), options.pings);
      handlers = options.accept(channel);
      resolve(channel);
    });
    socket.on('message', (data: Buffer) => {
      channel?.received();
      if (data.length > 0) handlers?.message(data[0]!, data.subarray(1));
    });
    socket.once('unexpected-response', (outgoing: ClientRequest, response: IncomingMessage) => {
      clearTimeout(timer);
      void readText(kube, response)
        .then((body) => refused(kube, options.path, response, body))
        .catch((error: unknown) => error as Error)
        .then((error) => {
          reject(error);
          outgoing.destroy();
        });
    });
    socket.on('error', (error) => {
      broken = connectionFailure(kube, error);
      if (/subprotocol/i.test(error.message)) reject(unsupported(kube, error.message));
      else reject(noAnswer(kube, error, request?.reusedSocket === true));
    });
    socket.once('close', (code) => {
      clearTimeout(timer);
      forget();
      if (channel === undefined) return reject(broken ?? lost(kube));
      channel.ended();
      // 1006 is ws's own code for a connection that ended without a close frame.
      handlers?.closed(broken ?? (code === 1006 && !channel.closing ? lost(kube) : undefined));
    });
  });
}

class OpenChannel implements Channel {
  readonly protocol: string;
  closing = false;
  private readonly socket: WebSocket;
  private readonly serverAnswers: (withinMs: number) => Promise<boolean>;
  private readonly intervalMs: number;
  private readonly missed: number;
  private pings: NodeJS.Timeout | undefined;
  /** Pings sent since anything was last received. */
  private unanswered = 0;
  private heard = false;
  private sent = 0;
  private sentSincePong = false;
  private asking = false;

  constructor(
    socket: WebSocket,
    serverAnswers: (withinMs: number) => Promise<boolean>,
    { intervalMs = 5000, missed = 2 }: PingOptions = {},
  ) {
    this.socket = socket;
    this.protocol = socket.protocol.replaceAll('|', '/');
    this.serverAnswers = serverAnswers;
    this.intervalMs = intervalMs;
    this.missed = missed;
    this.awaitBeat();
    socket.on('pong', () => {
      this.sentSincePong = false;
      this.received();
    });
  }

  send(channel: number, data: Uint8Array, done?: (error?: Error | null) => void): void {
    const message = Buffer.allocUnsafe(data.length + 1);
    message[0] = channel;
    message.set(data, 1);
    this.sent += message.length;
    this.sentSincePong = true;
    this.socket.send(message, { binary: true }, done);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
    this.unanswered = 0;
  }

  close(): void {
    if (this.closing) return;
    this.closing = true;
    // The other side's close frame is behind everything else it sent.
    this.socket.resume();
    this.socket.close(1000);
    const force = setTimeout(() => this.socket.terminate(), closeGraceMs);
    this.socket.once('close', () => clearTimeout(force));
  }

  received(): void {
    this.unanswered = 0;
    this.heard = true;
  }

  ended(): void {
    clearTimeout(this.pings);
    this.pings = undefined;
  }

  private awaitBeat(): void {
    this.pings = setTimeout(() => {
      this.awaitBeat();
      this.ping();
    }, untilBeat(this.intervalMs)).unref();
  }

  /**
   * Unanswered pings mean a dead connection, with two exceptions: we do not read ourselves, or the server may be unable to read on because the
   * container has not taken what we sent, for it answers pings in order with the data. In that case only a server that does not answer elsewhere
   * either counts as gone.
   */
  private ping(): void {
    if (this.heard || this.socket.isPaused) {
      this.heard = false;
      return;
    }
    if (this.unanswered >= this.missed) {
      if (!this.sentSincePong || this.sent < pipeBytes) return this.socket.terminate();
      void this.ask();
    }
    this.unanswered += 1;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }

  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    if (!(await this.serverAnswers(this.intervalMs * this.missed))) this.socket.terminate();
    this.asking = false;
  }
}

/** Whether the server answers a request. What it says does not matter. */
async function answers(kube: ApiServer, timeoutMs: number): Promise<boolean> {
  try {
    await readText(kube, await openRequest(kube, { method: 'GET', path: '/version', timeoutMs }), timeoutMs);
    return true;
  } catch (error) {
    return !isFailure(error, 'KUBE_UNREACHABLE');
  }
}

function refused(kube: ApiServer, path: string, response: IncomingMessage, body: string): Error {
  const { headers, statusCode = 0 } = response;
  if (knowsNoUpgrade(statusCode, body)) return unsupported(kube, `HTTP ${statusCode}`);
  const failure = answerFailure(kube, { method: 'GET', path }, statusCode, body);
  return refusedLater(failure, statusCode, headers['retry-after']);
}

function lost(kube: ApiServer): Failure {
  return new Failure({
    code: 'STREAM_LOST',
    message: `The connection to the API server ${kube.server} broke`,
    subject: kube.server,
    hint: kubectl(kube, 'cluster-info'),
  });
}

function unsupported(kube: ApiServer, what: string): Failure {
  return new Failure({
    code: 'STREAM_UNSUPPORTED',
    message: `The API server ${kube.server}, or a proxy in between, does not upgrade connections to WebSockets (${what})`,
    subject: kube.server,
    hint: `Check whether this works: ${kubectl(kube, 'version')} (1.20 or newer is needed)`,
  });
}
