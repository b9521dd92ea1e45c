import type { Readable, Writable } from 'node:stream';

/**
 * A running command with its streams, wherever it runs: an exec in a container or a child process here.
 *
 * Contract: `stdout` and `stderr` end when the command's output ends, and hold the sender back while they are not read. Ending `stdin` closes
 * the command's input where the transport can do that. `exit` resolves to the command's exit code, and rejects with a Failure when the
 * stream ended without one; it never guesses. Disposing closes everything and is safe at any time; whoever opened it disposes it.
 */
export interface ProcessStream extends AsyncDisposable {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<number>;
}
