import { duplexPair, type Duplex } from 'node:stream';
import { constants, inflateSync } from 'node:zlib';
import { SpdyConnection, type SpdyConnectionOptions } from '../../../src/kube/spdy/connection.js';
import { FrameDecoder } from '../../../src/kube/spdy/frame-decoder.js';
import { dataHeader, ping, rstStream } from '../../../src/kube/spdy/frames.js';
import { until } from '../../rig/until.js';

/** The other side of a connection, which does what a test tells it. */
export class Peer {
  readonly log: string[] = [];
  readonly transport: Duplex;
  answersPings = true;
  received = 0;

  constructor(transport: Duplex) {
    this.transport = transport;
    const decoder = new FrameDecoder({
      data: (id, data, fin) => {
        this.received += data.length;
        this.log.push(
          `data ${id} ${data.length > 40 ? data.length : JSON.stringify(String(data))}${fin ? ' fin' : ''}`,
        );
      },
      reply: (id) => this.log.push(`reply ${id}`),
      reset: (id, status) => this.log.push(`reset ${id} ${status}`),
      opened: (id) => this.log.push(`open ${id}`),
      ping: (id) => {
        if (this.answersPings) transport.write(ping(id));
      },
      goAway: () => this.log.push('going'),
    });
    transport.on('data', (chunk: Buffer) => decoder.push(chunk));
    transport.on('error', () => {});
  }

  data(id: number, text: string | Buffer, fin = false): void {
    const data = Buffer.from(text);
    this.transport.write(Buffer.concat([dataHeader(id, data.length, fin), data]));
  }

  reset(id: number): void {
    this.transport.write(rstStream(id, 5));
  }

  reply(id: number): void {
    const frame = Buffer.from([0x80, 3, 0, 2, 0, 0, 0, 4, 0, 0, 0, id]);
    this.transport.write(frame);
  }

  async saw(entry: string): Promise<void> {
    await until(entry, () => this.log.includes(entry));
  }
}

export function connected(options: Partial<SpdyConnectionOptions> = {}): {
  connection: SpdyConnection;
  peer: Peer;
} {
  const [ours, theirs] = duplexPair();
  return {
    connection: new SpdyConnection(ours, Buffer.alloc(0), { server: 'https://server', ...options }),
    peer: new Peer(theirs),
  };
}

/** The text of all header blocks of a connection: they are one zlib stream. */
export function inflateBlocks(blocks: readonly Buffer[]): Buffer {
  return inflateSync(Buffer.concat(blocks), { finishFlush: constants.Z_SYNC_FLUSH });
}
