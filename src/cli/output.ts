import { Failure } from '../base/failure.js';
import { Interrupted } from './interrupts.js';

/** So long a run that is to end waits for whoever does not take what it has printed. */
const LAST_OUTPUT_MS = 1000;

/** How long a run may take to end once nobody reads what it prints. */
const UNREAD_MS = 5000;

/**
 * Resolves when everything written so far has left the process, or its reader has gone; to false when it has not a second after `stop` has aborted. Who
 * reads slowly is waited for until then: `devspace logs | less`.
 */
export function flushed(stream: NodeJS.WriteStream, stop: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) return resolve(true);
    const stopped = (): void => void setTimeout(() => resolve(false), LAST_OUTPUT_MS);
    if (stop.aborted) stopped();
    else stop.addEventListener('abort', stopped, { once: true });
    stream.write('', () => resolve(true));
  });
}

/**
 * Aborts when nobody reads what is printed any more (`devspace logs | head`), which is no error, or when it cannot be written: OUTPUT_FAILED. A terminal
 * that was closed is a matter of SIGHUP; who ignores that wants the run to go on. A run that does not end then is ended by `exit`.
 */
export function watchOutput(exit: (code: number) => void): AbortSignal {
  const output = new AbortController();
  const lost = (reason: Interrupted | Failure): void => {
    // What is written afterwards fails as well.
    if (output.signal.aborted) return;
    output.abort(reason);
    setTimeout(() => exit(reason.exitCode), UNREAD_MS).unref();
  };
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') lost(new Interrupted('the end of its reader', 0));
      else if (stream === process.stdout && !stream.isTTY) lost(outputFailure(error));
    });
  }
  return output.signal;
}

function outputFailure(cause: Error): Failure {
  const message = `What was printed could not be written: ${cause.message}`;
  return new Failure({ code: 'OUTPUT_FAILED', message, hint: 'df -h', cause });
}
