import {
  dataHead,
  encodeTunnel,
  maxContent,
  maxGrant,
  resetCodes,
  tunnelProtocolFailure,
  type Transport,
} from './frames.js';
import { datagramCost, firstWindow, ReceiveWindow, type WindowPool } from './window.js';

/** What a stream needs of its tunnel. */
export interface StreamCarrier {
  readonly pool: WindowPool;
  send(frame: Buffer): void;
  /** Undefined when one may send now; else resolves when there is room again. */
  turn(): Promise<void> | undefined;
  /** The stream is over. */
  forget(stream: number): void;
}

/** Why a stream is over without both sides having ended it. */
export interface StreamBreak {
  /** One of the codes of RESET; undefined: the tunnel itself is over. */
  code: number | undefined;
  reason: string;
}

/** Who has the local side of a stream. */
export interface StreamReader {
  /** The other side has connected; not told of what it accepted itself. */
  connected(): void;
  /** Part of a connection, or one datagram. Tell {@link TunnelStream.passed} when it has been passed on. */
  data(content: Buffer): void;
  /** Nothing more comes. */
  end(): void;
  /** More may be written. */
  drain(): void;
  /** Called once, last; undefined: both sides have ended. */
  closed(why: StreamBreak | undefined): void;
}

/**
 * One connection or flow of datagrams in a tunnel: open -> (ended here, ended there, in any order) | broken -> over. Half-open as TCP is. What comes
 * before {@link attach} is kept; the window bounds it.
 */
export class TunnelStream {
  readonly id: number;
  readonly transport: Transport;
  readonly #carrier: StreamCarrier;
  readonly #window: ReceiveWindow;
  #reader: StreamReader | undefined;
  readonly #early: ((reader: StreamReader) => void)[] = [];
  /** What we may still send. */
  #open: number;
  readonly #queue: Buffer[] = [];
  #wantsEnd = false;
  #sentEnd = false;
  #gotEnd = false;
  #isOver = false;
  #waitsForTurn = false;
  /** Somebody waits for `drain`. */
  #isFull = false;

  constructor(id: number, transport: Transport, carrier: StreamCarrier) {
    this.id = id;
    this.transport = transport;
    this.#carrier = carrier;
    this.#open = firstWindow[transport];
    this.#window = new ReceiveWindow(carrier.pool, this.#open);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  attach(reader: StreamReader): void {
    this.#reader = reader;
    for (const tell of this.#early.splice(0)) tell(reader);
  }

  /** Sends a part of a connection, in order; false: wait for `drain` before more. */
  write(content: Buffer): boolean {
    if (this.#isOver || this.#wantsEnd) return true;
    this.#queue.push(content);
    this.#pump();
    this.#isFull = this.#queue.length > 0;
    return !this.#isFull;
  }

  /** Sends a datagram now, or not at all (false). */
  sendDatagram(content: Buffer): boolean {
    const cost = content.length + datagramCost;
    if (this.#isOver || this.#open < cost || this.#carrier.turn()) return false;
    this.#open -= cost;
    this.#sendData(content);
    return true;
  }

  /** Nothing more will be written; what was, is sent before. */
  end(): void {
    if (this.#isOver || this.#wantsEnd) return;
    this.#wantsEnd = true;
    this.#pump();
  }

  /** Breaks the connection on the other side, unless the stream is over. `closed` is not told. */
  reset(code: number = resetCodes.gone, reason = ''): void {
    if (this.#isOver) return;
    this.#carrier.send(encodeTunnel({ frame: 'RESET', stream: this.id, code, reason }));
    this.#finish();
  }

  /** So many bytes of {@link StreamReader.data} were passed on. */
  passed(bytes: number): void {
    if (this.#isOver) return;
    const given = this.#window.passed(this.#cost(bytes));
    if (given > 0) this.#carrier.send(encodeTunnel({ frame: 'WINDOW', stream: this.id, bytes: given }));
  }

  /** For the tunnel. Throws TUNNEL_PROTOCOL. */
  receive(content: Buffer): void {
    if (this.#gotEnd) throw tunnelProtocolFailure('data after the end');
    if (!this.#window.take(this.#cost(content.length)))
      throw tunnelProtocolFailure('more data than the window allows');
    this.#tell((reader) => reader.data(content));
  }

  /** For the tunnel. Throws TUNNEL_PROTOCOL. */
  receiveEnd(): void {
    if (this.#gotEnd) throw tunnelProtocolFailure('a second end');
    this.#gotEnd = true;
    this.#tell((reader) => reader.end());
    this.#closeWhenOver();
  }

  /** For the tunnel. */
  receiveConnected(): void {
    this.#tell((reader) => reader.connected());
  }

  /** For the tunnel. Throws TUNNEL_PROTOCOL. */
  grant(bytes: number): void {
    this.#open += bytes;
    if (this.#open > maxGrant) throw tunnelProtocolFailure('a window larger than any');
    this.#pump();
  }

  /** For the tunnel: reset by the other side, or lost with the tunnel. */
  break(why: StreamBreak): void {
    if (this.#isOver) return;
    this.#finish();
    this.#tell((reader) => reader.closed(why));
  }

  #cost(bytes: number): number {
    return this.transport === 'udp' ? bytes + datagramCost : bytes;
  }

  #tell(what: (reader: StreamReader) => void): void {
    if (this.#reader) what(this.#reader);
    else this.#early.push(what);
  }

  /** Sends what is queued, as far as the window and the stream to the container take it. */
  #pump(): void {
    if (this.#isOver || this.#waitsForTurn) return;
    while (this.#queue.length > 0 && this.#open > 0) {
      const turn = this.#carrier.turn();
      if (turn) {
        this.#waitsForTurn = true;
        void turn.then(() => {
          this.#waitsForTurn = false;
          this.#pump();
        });
        return;
      }
      const first = this.#queue[0] as Buffer;
      const length = Math.min(first.length, this.#open, maxContent);
      this.#open -= length;
      this.#sendData(first.subarray(0, length));
      if (length === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(length);
    }
    if (this.#queue.length > 0) return;
    if (this.#wantsEnd && !this.#sentEnd) {
      this.#sentEnd = true;
      this.#carrier.send(encodeTunnel({ frame: 'END', stream: this.id }));
      this.#closeWhenOver();
    } else if (this.#isFull) {
      this.#isFull = false;
      this.#tell((reader) => reader.drain());
    }
  }

  #sendData(content: Buffer): void {
    this.#carrier.send(dataHead(this.id, content.length));
    this.#carrier.send(content);
  }

  #closeWhenOver(): void {
    if (this.#isOver || !this.#sentEnd || !this.#gotEnd) return;
    this.#finish();
    this.#tell((reader) => reader.closed(undefined));
  }

  #finish(): void {
    this.#isOver = true;
    this.#queue.length = 0;
    this.#window.drop();
    this.#carrier.forget(this.id);
  }
}
