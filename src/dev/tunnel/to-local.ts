import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { messageOf } from '../../base/failure.js';
import { resetCodes } from './frames.js';
import { join } from './join.js';
import type { TunnelStream } from './stream.js';

const loopback = ['127.0.0.1', '::1'] as const;

/**
 * Connects a stream that the container has opened with a port of this machine, and with nothing else: 127.0.0.1, or ::1 when nobody listens there.
 * Resolves when it is over, to why it could not be connected.
 */
export function connectLocally(stream: TunnelStream, port: number): Promise<string | undefined> {
  return stream.transport === 'udp' ? datagramsTo(stream, port) : connectionTo(stream, port);
}

async function connectionTo(stream: TunnelStream, port: number): Promise<string | undefined> {
  let socket: Socket;
  try {
    socket = await dial(port);
  } catch (error) {
    stream.reset(resetCodes.refused, 'connection refused');
    return messageOf(error);
  }
  await join(stream, socket);
  return undefined;
}

/** One address after the other: Node's own way gives the first one up when the machine is busy. Rejects with why the first could not be connected. */
async function dial(port: number): Promise<Socket> {
  let refusal: unknown;
  for (const host of loopback) {
    const socket = createConnection({ port, host, allowHalfOpen: true, noDelay: true });
    try {
      await once(socket, 'connect');
      // From now on what breaks is the connection's own affair.
      return socket.on('error', () => {});
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

async function datagramsTo(stream: TunnelStream, port: number): Promise<string | undefined> {
  const socket = createSocket('udp4');
  let refusal: string | undefined;
  const over = new Promise<void>((resolve) => {
    socket.on('close', resolve);
  });
  socket.on('error', (error) => {
    refusal = messageOf(error);
    stream.reset(resetCodes.refused, 'connection refused');
    socket.close();
  });
  socket.connect(port, '127.0.0.1', () => {
    socket.on('message', (content) => stream.sendDatagram(content));
    stream.attach({
      connected() {},
      drain() {},
      data: (content) => socket.send(content, () => stream.passed(content.length)),
      end: () => stream.end(),
      closed: () => socket.close(),
    });
  });
  await over;
  return refusal;
}
