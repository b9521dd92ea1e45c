import type { RemoteInfo, Socket } from 'node:dgram';
import type { StreamBreak, TunnelStream } from './stream.js';

export interface LocalFlowsOptions {
  /** Bound; closed with the flows. */
  socket: Socket;
  /** Begins a flow on the other side. */
  open: () => Promise<TunnelStream>;
  /** A flow could not begin (`error`), or broke. What it sends next begins another. */
  onBreak: (why: StreamBreak | { error: unknown }) => void;
  /** After which time without a datagram a flow is over; default 60 s. */
  idleMs?: number | undefined;
}

interface Flow {
  stream: TunnelStream | undefined;
  /** What came before the stream was there. */
  waiting: Buffer[];
  timer: NodeJS.Timeout;
}

const mostFlows = 1024;
/** More would come too late anyway. */
const mostWaiting = 16;

/** Forwards the datagrams of a local port: a flow for each address they come from, back to which the answers go. */
export class LocalFlows implements AsyncDisposable {
  readonly #options: LocalFlowsOptions;
  /** The one used last is the last. */
  readonly #flows = new Map<string, Flow>();

  constructor(options: LocalFlowsOptions) {
    this.#options = options;
    options.socket.on('message', (content, from) => this.#receive(content, from));
    // What cannot be delivered to a client that is gone is nobody's failure.
    options.socket.on('error', () => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [key] of this.#flows) this.#end(key);
    await new Promise<void>((resolve) => {
      this.#options.socket.close(() => resolve());
    });
  }

  #receive(content: Buffer, from: RemoteInfo): void {
    const key = `${from.address} ${from.port}`;
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      const [oldest] = this.#flows.keys();
      if (this.#flows.size >= mostFlows && oldest !== undefined) this.#end(oldest);
      flow = this.#begin(key, from);
    }
    this.#use(key, flow);
    if (flow.stream) flow.stream.sendDatagram(content);
    else if (flow.waiting.length < mostWaiting) flow.waiting.push(content);
  }

  #begin(key: string, from: RemoteInfo): Flow {
    const { idleMs = 60_000, onBreak, open, socket } = this.#options;
    const timer = setTimeout(() => this.#end(key), idleMs).unref();
    const flow: Flow = { stream: undefined, waiting: [], timer };
    const forget = (): void => {
      clearTimeout(timer);
      if (this.#flows.get(key) === flow) this.#flows.delete(key);
    };
    this.#flows.set(key, flow);
    open().then(
      (stream) => {
        if (this.#flows.get(key) !== flow) return stream.end();
        flow.stream = stream;
        stream.attach({
          connected() {},
          drain() {},
          data: (content) => {
            this.#use(key, flow);
            socket.send(content, from.port, from.address, () => stream.passed(content.length));
          },
          end: () => stream.end(),
          closed: (why) => {
            forget();
            if (why) onBreak(why);
          },
        });
        for (const content of flow.waiting.splice(0)) stream.sendDatagram(content);
      },
      (error: unknown) => {
        forget();
        onBreak({ error });
      },
    );
    return flow;
  }

  #use(key: string, flow: Flow): void {
    if (this.#flows.get(key) !== flow) return;
    flow.timer.refresh();
    this.#flows.delete(key);
    this.#flows.set(key, flow);
  }

  #end(key: string): void {
    const flow = this.#flows.get(key);
    if (flow === undefined) return;
    clearTimeout(flow.timer);
    this.#flows.delete(key);
    flow.stream?.end();
  }
}
