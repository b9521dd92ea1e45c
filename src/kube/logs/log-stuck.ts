/** Files are rotated when they are large: a log that brought less has not been rotated, and may be silent as long as it likes. */
const leastBytes = 256 * 1024;
const defaultSilentMs = 10_000;
const parts = 5;

/** What is known of the files after the one being read: none, one that begins where this one seems to end, or one that begins later. */
export type Later = 'none' | 'adjacent' | 'distant';

/**
 * Ends the stream of a log that was busy and is silent: nodes forget to go on with the next file after a rotation (kubernetes issues 108678, 115701,
 * 126564). Reading it again costs one request and brings what is missing. One that brings little is never disturbed, unless there is a later file.
 * One that has come to the time at which the later file begins has a fifth of the time to bring more.
 */
export async function* endWhenStuck(
  stream: { destroy: () => unknown },
  pieces: AsyncIterable<Buffer>,
  later: () => Later = () => 'none',
  silentMs = defaultSilentMs,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let isTaken = false;
  let isStuck = false;
  let silentParts = 0;
  const timer = setTimeout(() => {
    // While nobody takes what is there, silence is no wonder.
    if (isTaken) return;
    silentParts += 1;
    const next = later();
    if (next === 'adjacent' || (silentParts >= parts && (next === 'distant' || bytes >= leastBytes))) {
      isStuck = true;
      stream.destroy();
    } else if (silentParts < parts) timer.refresh();
  }, silentMs / parts);
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      isTaken = true;
      yield piece;
      isTaken = false;
      silentParts = 0;
      timer.refresh();
    }
  } catch (error) {
    if (!isStuck) throw error;
  } finally {
    clearTimeout(timer);
  }
}
