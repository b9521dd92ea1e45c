import { sleep } from '../../base/abort.js';
import { Failure, messageOf, systemCode } from '../../base/failure.js';
import { settleable } from '../../base/settleable.js';
import type { HelperStream } from '../../sync/inject/inject.js';
import { Heartbeat } from '../../sync/remote/heartbeat.js';
import { Outbox } from '../../sync/remote/outbox.js';
import {
  decodeTunnel,
  encodeTunnel,
  resetCodes,
  tunnelProtocolFailure,
  type Transport,
  type TunnelReply,
} from './frames.js';
import { TunnelStream, type StreamBreak, type StreamCarrier } from './stream.js';
import { WindowPool } from './window.js';

/** Why the helper could not listen, or has stopped to. */
export interface ListenRefusal {
  /** One of the codes of REFUSED. */
  code: number;
  reason: string;
}

export interface ListenOptions {
  transport: Transport;
  /** IP address in the container. */
  address: string;
  port: number;
  /** Somebody in the container has connected, or sent the first datagram. */
  accept: (stream: TunnelStream) => void;
  /** It listens no longer, though nobody has asked for that. */
  stopped: (why: ListenRefusal) => void;
}

/** As many streams as the helper may have open at once. */
const maxAccepted = 1024;
const closeGraceMs = 1000;

/**
 * Connections and datagrams over one helper (docs/tunnel-protocol.md). open -> over; everything in it breaks with it. The other end can open nothing
 * but streams of listeners that were asked for here.
 */
export class Tunnel implements AsyncDisposable {
  /** Resolves when it is over, to why; undefined: it was disposed of. */
  readonly closed: Promise<Failure | undefined>;
  readonly #helper: HelperStream;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #carrier: StreamCarrier;
  readonly #streams = new Map<number, TunnelStream>();
  readonly #listeners = new Map<
    number,
    ListenOptions & { settle: ((why: ListenRefusal | undefined) => void) | undefined }
  >();
  readonly #end = settleable<Failure | undefined>();
  #isOver = false;
  #nextStream = 1;
  #nextListener = 1;
  /** The highest number the helper has used, and how many of its streams are open. */
  #accepted = { last: 0, open: 0 };

  /** Takes over the helper's process. `onUnused` is told each time the last stream is over. */
  constructor(helper: HelperStream, onUnused: () => void = () => {}) {
    this.#helper = helper;
    this.closed = this.#end.promise;
    this.#outbox = new Outbox(helper.process.stdin);
    this.#carrier = {
      pool: new WindowPool(),
      send: (frame) => this.#outbox.send(frame),
      turn: () => this.#outbox.turn(),
      forget: (id) => {
        if (!this.#streams.delete(id)) return;
        if (id % 2 === 0) this.#accepted.open -= 1;
        if (this.#streams.size === 0) onUnused();
      },
    };
    this.#heartbeat = new Heartbeat(
      (nonce) => this.#outbox.send(encodeTunnel({ frame: 'PING', nonce })),
      (seconds) => this.#finish(lost(`the helper has been silent for ${seconds} s`)),
    );
    void this.#read();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many streams are open. */
  get size(): number {
    return this.#streams.size;
  }

  /** What may be sent before `connected` waits there for the connection. Breaks at once when the tunnel is over. */
  connect(transport: Transport, port: number): TunnelStream {
    const id = this.#nextStream;
    this.#nextStream += 2;
    const stream = new TunnelStream(id, transport, this.#carrier);
    if (this.#isOver) stream.break({ code: undefined, reason: 'the tunnel is over' });
    else {
      this.#streams.set(id, stream);
      this.#outbox.send(encodeTunnel({ frame: 'CONNECT', stream: id, transport, port }));
    }
    return stream;
  }

  /** Listens in the container, until `unlisten` with the number it resolves to; or resolves to why it cannot. Rejects with why the tunnel is over. */
  async listen(options: ListenOptions): Promise<number | ListenRefusal> {
    const listener = this.#nextListener;
    this.#nextListener += 1;
    const { address, port, transport } = options;
    const answer = settleable<number | ListenRefusal>();
    const settle = (why: ListenRefusal | undefined): void => answer.resolve(why ?? listener);
    if (!this.#isOver) {
      this.#listeners.set(listener, { ...options, settle });
      this.#outbox.send(encodeTunnel({ frame: 'LISTEN', listener, transport, address, port }));
    }
    const first = await Promise.race([answer.promise, this.closed]);
    if (first === undefined || first instanceof Failure) throw first ?? lost('it was closed');
    if (typeof first !== 'number') this.#listeners.delete(listener);
    return first;
  }

  unlisten(listener: number): void {
    if (!this.#listeners.delete(listener) || this.#isOver) return;
    this.#outbox.send(encodeTunnel({ frame: 'UNLISTEN', listener }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) {
      const { exit, stdin } = this.#helper.process;
      this.#outbox.send(encodeTunnel({ frame: 'BYE' }));
      this.#outbox.flush();
      this.#finish(undefined);
      stdin.end();
      // Time for the helper to clean up after itself.
      const grace = new AbortController();
      await Promise.race([exit.catch(() => {}), sleep(closeGraceMs, grace.signal).catch(() => {})]);
      grace.abort();
    }
    await this.#helper.process[Symbol.asyncDispose]();
  }

  async #read(): Promise<void> {
    try {
      for await (const frames of this.#helper.frames) {
        this.#heartbeat.heard();
        // Contents are views of what was read, which nobody writes to again: they are passed on without a copy.
        for (const { body, type } of frames) {
          if (this.#isOver) return;
          this.#handle(decodeTunnel(type, body));
        }
      }
    } catch (error) {
      // Of what was closed under the reader.
      if (this.#isOver) return;
      if (error instanceof Failure)
        return this.#finish(
          error.code === 'SYNC_PROTOCOL' ? tunnelProtocolFailure('a malformed frame') : error,
        );
      if (systemCode(error) === undefined) throw error;
      return this.#finish(lost(messageOf(error), this.#helper.errors()));
    }
    const why = await this.#helper.process.exit.then(
      (code) => `the helper ended with exit code ${code}`,
      messageOf,
    );
    this.#finish(lost(why, this.#helper.errors()));
  }

  #handle(reply: TunnelReply): void {
    switch (reply.frame) {
      case 'PONG':
        return;
      case 'LISTENING':
      case 'REFUSED':
        return this.#answer(reply.listener, reply.frame === 'REFUSED' ? reply : undefined);
      case 'ACCEPTED':
        return this.#accept(reply.stream, reply.listener);
      default:
    }
    const stream = this.#streams.get(reply.stream);
    if (stream === undefined) {
      const { stream: id } = reply;
      const isKnown = id % 2 === 1 ? id < this.#nextStream : id > 0 && id <= this.#accepted.last;
      // It is over here: what was under way.
      if (isKnown) return;
      throw tunnelProtocolFailure('a frame of a stream that was never opened');
    }
    switch (reply.frame) {
      case 'CONNECTED':
        return stream.receiveConnected();
      case 'DATA':
        return stream.receive(reply.content);
      case 'END':
        return stream.receiveEnd();
      case 'WINDOW':
        return stream.grant(reply.bytes);
      case 'RESET':
        return stream.break({ code: reply.code, reason: reply.reason });
    }
  }

  #answer(listener: number, why: ListenRefusal | undefined): void {
    const known = this.#listeners.get(listener);
    if (known === undefined) {
      if (listener > 0 && listener < this.#nextListener) return;
      throw tunnelProtocolFailure('an answer about a listener that nobody asked for');
    }
    if (known.settle) {
      known.settle(why);
      known.settle = undefined;
    } else if (why) {
      this.#listeners.delete(listener);
      known.stopped(why);
    }
  }

  #accept(id: number, listener: number): void {
    if (id % 2 === 1 || id <= this.#accepted.last)
      throw tunnelProtocolFailure('a stream with a number out of order');
    const known = this.#listeners.get(listener);
    if (known === undefined && !(listener > 0 && listener < this.#nextListener))
      throw tunnelProtocolFailure('a connection that nobody asked for');
    this.#accepted.last = id;
    const stream = new TunnelStream(id, known?.transport ?? 'tcp', this.#carrier);
    // Ended here while it was under way, or one too many.
    const isUnwanted = known === undefined || this.#accepted.open >= maxAccepted;
    if (isUnwanted) return stream.reset(resetCodes.gone, 'nobody is interested any more');
    this.#accepted.open += 1;
    this.#streams.set(id, stream);
    known.accept(stream);
  }

  #finish(failure: Failure | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#heartbeat[Symbol.dispose]();
    const why: StreamBreak = { code: undefined, reason: failure?.message ?? 'the tunnel was closed' };
    for (const stream of this.#streams.values()) stream.break(why);
    this.#listeners.clear();
    this.#end.resolve(failure);
    if (failure) void this.#helper.process[Symbol.asyncDispose]();
  }
}

function lost(why: string, said = ''): Failure {
  return new Failure({
    code: 'STREAM_LOST',
    message: `The tunnel into the container broke: ${why}`,
    details: said === '' ? [] : said.split('\n'),
  });
}
