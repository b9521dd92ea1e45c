import type { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/**
 * Makes a socket read on when writing to it fails. A server that has said all it had to say may close the connection while we are still sending; its
 * last words then lie in our receive buffer, but Node destroys a socket at the first write that fails, and they are lost. With this the write that
 * failed stays open, as if the other side did not take it, until everything has been read; only then it fails.
 */
export function readOnAfterFailedWrite(socket: Duplex): void {
  const untilRead =
    (done: Done): Done =>
    (error) => {
      if (error && !socket.destroyed && !socket.readableEnded) socket.once('end', () => done(error));
      else done(error);
    };
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, untilRead(done));
  const writev = socket._writev?.bind(socket);
  if (writev) socket._writev = (chunks, done) => writev(chunks, untilRead(done));
}
