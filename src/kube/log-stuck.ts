/** Files are rotated when they are large: a log that brought less has not been rotated, and may be silent as long as it likes. */
const leastBytes = 256 * 1024;
const defaultSilentMs = 10_000;

/**
 * Ends the stream of a log that was busy and is silent: nodes forget to go on with the next file after a rotation (kubernetes issues 108678, 115701,
 * 126564). Reading it again costs one request and brings what is missing. One that brings little is never disturbed.
 */
export async function* endWhenStuck(
  stream: { destroy: () => unknown },
  pieces: AsyncIterable<Buffer>,
  silentMs = defaultSilentMs,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let isTaken = false;
  let isStuck = false;
  const timer = setTimeout(() => {
    // While nobody takes what is there, silence is no wonder.
    if (isTaken || bytes < leastBytes) return;
    isStuck = true;
    stream.destroy();
  }, silentMs);
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      isTaken = true;
      yield piece;
      isTaken = false;
      timer.refresh();
    }
  } catch (error) {
    if (!isStuck) throw error;
  } finally {
    clearTimeout(timer);
  }
}
