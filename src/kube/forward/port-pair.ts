import type { Socket } from 'node:net';
import { Failure } from '../../base/failure.js';
import { resetSocket } from '../../base/reset-socket.js';
import type { SpdyConnection } from '../spdy/connection.js';
import type { SpdyStream } from '../spdy/stream.js';
import { portFailure, type Outcome, type PodConnection, type PodName } from './pod-connection.js';

/** As much as this of what the local side says is kept until an answer comes, so that it can be said again to another pod. */
const rememberedBytes = 64 * 1024;

/** What fits into the buffers of any app: as little as this, once answered, is stuck nowhere. */
const harmless = { frames: 8, bytes: 16 * 1024 };

/**
 * After an end of input, container runtimes close the whole connection: containerd a second later, others half a second, whether or not the app has
 * said everything. An answer that was still coming and ends later than this may have been cut off. Source: PortForward in
 * https://github.com/containerd/containerd/blob/main/internal/cri/server/sandbox_portforward_linux.go
 */
const trustedEndMs = 450;

/** How long the end of the data waits for what the server says of it: containerd ends them first and then tells that it could not connect. */
const verdictMs = 100;

/**
 * One forwarded connection in a SPDY connection: a stream for its data, one for what goes wrong. Source of the headers:
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/client-go/tools/portforward/portforward.go
 *
 * waiting -> serving -> over. An end of input is passed on at once, and so is the end of the answer. When the server ends the stream for what goes wrong,
 * everything is over, for the runtime has closed the app's side by then.
 */
export class PortPair implements PodConnection {
  private readonly pod: PodName;
  private readonly remotePort: number;
  private readonly data: SpdyStream;
  private readonly errors: SpdyStream;
  private errorText = '';
  private tell: { rest?: (isClean: boolean) => void; over?: () => void };
  /** What was sent in all, and whether it was answered. */
  private readonly sent = { frames: 0, bytes: 0, isAnswered: true };

  /**
   * Both are told once: that nothing more will be sent (and whether it is clear that nothing of it is stuck on the way), and that nothing more is
   * expected either.
   */
  constructor(
    connection: SpdyConnection,
    pod: PodName,
    remotePort: number,
    requestID: string,
    tell: { rest: (isClean: boolean) => void; over: () => void },
  ) {
    this.pod = pod;
    this.remotePort = remotePort;
    this.tell = { ...tell };
    const headers = { port: String(remotePort), requestID };
    this.errors = connection.open({ streamType: 'error', ...headers }, { readOnly: true });
    this.data = connection.open({ streamType: 'data', ...headers });
    this.errors.on('data', (text: Buffer) => (this.errorText += text.toString('utf8')));
    // What breaks the one breaks the other; the data tell.
    this.errors.on('error', () => {});
    this.data.on('error', () => {});
  }

  drop(): void {
    this.data.destroy();
    this.errors.destroy();
    this.rest();
    const { over } = this.tell;
    delete this.tell.over;
    over?.();
  }

  serve(socket: Socket, sent: readonly Buffer[]): Promise<Outcome> {
    const { data } = this;
    let remembered: Buffer[] | undefined = [];
    let answered = false;
    let finishedAt: number | undefined;
    let answersOn = false;
    let hasEnded = false;
    let halfClose: NodeJS.Timeout | undefined;

    const send = (chunk: Buffer): void => {
      if (hasEnded) return resetSocket(socket);
      this.sent.frames += 1;
      this.sent.bytes += chunk.length;
      this.sent.isAnswered = false;
      if (this.sent.bytes > rememberedBytes) remembered = undefined;
      remembered?.push(chunk);
      if (!data.write(chunk)) socket.pause();
    };
    const finish = (): void => {
      if (hasEnded) return;
      data.end(() => (finishedAt = performance.now()));
      this.rest();
    };
    const listeners = {
      data: send,
      end: finish,
      drain: () => void data.resume(),
      close: () => void data.destroy(),
    };
    const detach = (): void => {
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener as () => void);
    };

    return new Promise((resolve) => {
      const over = (failure: Failure | undefined): void => {
        clearTimeout(halfClose);
        detach();
        this.drop();
        const undelivered = failure !== undefined && !answered && remembered && !socket.destroyed;
        if (undelivered && (this.sent.bytes === 0 || neverReached(this.errorText))) {
          socket.pause();
          return resolve({ failure, answered, retry: { sent: remembered! } });
        }
        // A reset tells the client that the answer is not whole; an end would look like a complete one.
        if (failure) resetSocket(socket);
        resolve({ failure, answered });
      };
      data.on('data', (chunk: Buffer) => {
        answered = true;
        answersOn = finishedAt !== undefined;
        this.sent.isAnswered = true;
        remembered = undefined;
        if (!socket.write(chunk)) data.pause();
      });
      data.on('drain', () => socket.resume());
      const conclude = (): void => {
        clearTimeout(halfClose);
        hasEnded = true;
        const cut = answersOn && performance.now() - finishedAt! > trustedEndMs;
        if (!this.refusal()) {
          if (cut) resetSocket(socket);
          else socket.end();
        }
        // What the client may still say reaches nobody.
        data.destroy();
        socket.resume();
      };
      data.once('end', () => {
        if (this.errors.closed) return conclude();
        this.errors.once('close', conclude);
        halfClose = setTimeout(() => socket.end(), verdictMs);
      });
      data.once('close', () => {
        const failure = this.refusal() ?? (socket.destroyed ? undefined : (data.errored as Failure | null));
        if (failure || socket.destroyed) return over(failure ?? undefined);
        socket.once('close', () => over(undefined));
      });
      for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener as () => void);
      for (const chunk of sent) send(chunk);
      if (socket.destroyed) data.destroy();
      else if (socket.readableEnded) finish();
      else if (!data.writableNeedDrain) socket.resume();
    });
  }

  private refusal(): Failure | undefined {
    const rest = this.errors.read() as Buffer | null;
    if (rest) this.errorText += rest.toString('utf8');
    return this.errorText === '' ? undefined : portFailure(this.pod, this.remotePort, this.errorText);
  }

  private rest(): void {
    const { rest } = this.tell;
    delete this.tell.rest;
    const { frames, bytes, isAnswered } = this.sent;
    rest?.(isAnswered && frames <= harmless.frames && bytes <= harmless.bytes);
  }
}

/** True when the runtime says that it could not connect to the app, so that nothing has reached it. */
function neverReached(text: string): boolean {
  return (
    /dial tcp|failed to (connect|dial)|not found|not running|is closed|no such/i.test(text) &&
    !/(read|write) tcp|reset by peer|broken pipe/i.test(text)
  );
}
