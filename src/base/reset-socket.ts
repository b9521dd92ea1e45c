import type { Socket } from 'node:net';

/**
 * Resets a connection, so that what was not sent yet is not taken for the whole; it is closed soon, whatever state it is in. One that has said its
 * last word, and whose end is just on its way to the network, is closed: nothing of it can be lost, and libuv refuses to reset it, which leaves the
 * connection open for ever and its server waiting for it. Source: uv_tcp_close_reset in
 * https://github.com/libuv/libuv/blob/v1.x/src/unix/tcp.c
 */
export function resetSocket(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (isEnding) socket.destroy();
  else socket.resetAndDestroy();
}
