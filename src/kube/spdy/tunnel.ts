import { Duplex } from 'node:stream';
import { openChannel, type Channel, type ChannelHandlers } from '../websocket/channel.js';
import type { ApiServer } from '../access/kubeconfig.js';
import { SpdyConnection } from './connection.js';
import type { OpenSpdy, OpenSpdyOptions } from './open.js';

/** Of port-forward, the only one there is: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets */
const prefix = 'SPDY/3.1+';

/**
 * Opens a SPDY connection inside a WebSocket: servers from 1.31 on take that for port-forward, and what lets only WebSockets pass does, too. Failures as
 * openChannel, STREAM_UNSUPPORTED among them.
 */
export async function openTunnel(kube: ApiServer, options: OpenSpdyOptions): Promise<OpenSpdy> {
  const { path, protocols, signal, handshakeTimeoutMs } = options;
  let tunnel: Tunnel | undefined;
  const channel = await openChannel(kube, {
    path,
    protocols: protocols.map((protocol) => prefix + protocol),
    signal,
    handshakeTimeoutMs,
    accept: (opened) => (tunnel = new Tunnel(opened)).handlers,
  });
  // openChannel has called accept when it resolves.
  const connection = new SpdyConnection(tunnel!, Buffer.alloc(0), { ...options, server: kube.server });
  return { connection, protocol: channel.protocol.slice(prefix.length) };
}

/** The messages of a WebSocket as one stream of bytes. There is no channel byte in them: what the channel takes for it is the first of the data. */
class Tunnel extends Duplex {
  private readonly channel: Channel;

  constructor(channel: Channel) {
    super({ readableHighWaterMark: 64 * 1024 });
    this.channel = channel;
  }

  readonly handlers: ChannelHandlers = {
    message: (first, rest) => {
      if (!this.push(Buffer.concat([Buffer.of(first), rest]))) this.channel.pause();
    },
    closed: (error) => {
      if (error) this.destroy(error);
      else if (!this.destroyed) this.push(null);
    },
  };

  override _read(): void {
    this.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.channel.send(chunk[0]!, chunk.subarray(1), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.channel.close();
    done(error);
  }
}
