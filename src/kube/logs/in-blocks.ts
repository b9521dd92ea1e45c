import type { Readable } from 'node:stream';

/** Read ahead of who takes the blocks, so that a short halt of theirs does not reach the server. */
const aheadBytes = 256 * 1024;

/**
 * The bytes of a stream, all that has come since the last block in one: a log arrives line by line, and whatever is done for each piece costs more
 * than the line itself. Nothing is held back to wait for more. The sender is held back when more than `aheadBytes` lie here. Throws what the stream
 * breaks with, after what came before. Destroys the stream at the end.
 */
export async function* inBlocks(stream: Readable): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let wake = (): void => {};
  let end: { error?: Error } | undefined;
  const take = (piece: Buffer): void => {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= aheadBytes) stream.pause();
    wake();
  };
  const finish = (error?: Error): void => {
    end ??= error ? { error } : {};
    wake();
  };
  const close = (): void => finish(stream.readableEnded ? undefined : brokenOff());
  const ended = (): void => finish();
  stream.on('error', finish).on('end', ended).on('close', close).on('data', take);
  try {
    for (;;) {
      if (bytes === 0) {
        if (end?.error) throw end.error;
        if (end) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        // What was read with it from the connection comes within this turn.
        await new Promise<void>((resolve) => setImmediate(resolve));
        continue;
      }
      const block = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, bytes);
      pieces = [];
      bytes = 0;
      stream.resume();
      if (block) yield block;
    }
  } finally {
    stream.off('data', take).off('end', ended).off('close', close);
    stream.destroy();
  }
}

function brokenOff(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}
