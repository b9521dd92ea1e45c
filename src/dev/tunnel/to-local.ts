import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { messageOf } from '../../base/failure.js';
import { resetCodes } from './frames.js';
import { join } from './join.js';
import type { TunnelStream } from './stream.js';

const loopback = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Connects a stream that the container has opened with a port of this machine, and with nothing else: 127.0.0.1, or ::1 when nobody listens there.
 * Resolves when it is over, to why it could not be connected.
 */
export function connectLocally(stream: TunnelStream, port: number): Promise<string | undefined> {
  return stream.transport === 'udp' ? datagramsTo(stream, port) : connectionTo(stream, port);
}

async function connectionTo(stream: TunnelStream, port: number): Promise<string | undefined> {
  let refusal: string | undefined;
  const socket = createConnection({
    port,
    host: 'localhost',
    lookup: (_host, _options, found) => found(null, loopback),
    autoSelectFamily: true,
    allowHalfOpen: true,
    noDelay: true,
  });
  let isConnected = false;
  socket.on('connect', () => (isConnected = true));
  socket.on('error', (error) => {
    // Later it is the connection's own affair.
    if (isConnected) return;
    refusal = messageOf(error) || 'connection refused';
    stream.reset(resetCodes.refused, 'connection refused');
  });
  await join(stream, socket);
  return refusal;
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
