import { PassThrough, type Writable } from 'node:stream';
import { Failure } from '../base/failure.js';
import type { ProcessStream } from '../base/process-stream.js';
import { spawnChild, type ChildOptions } from './spawn.js';

/**
 * A program on this machine as a {@link ProcessStream}. Disposing ends it and everything it started (SIGTERM, SIGKILL after 5 s); so does
 * aborting `signal`. `exit` rejects with PROCESS_KILLED when a signal ended it. Failures on start: TOOL_NOT_FOUND, TOOL_NOT_STARTED.
 */
export async function openChild(
  command: string,
  args: readonly string[],
  { signal, ...options }: ChildOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<ProcessStream> {
  signal?.throwIfAborted();
  const child = await spawnChild(command, args, options, 'open');
  const stdin: Writable = child.stdin ?? new PassThrough();
  const end = (): void => void child.end();
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });

  const exit = child.exited.then(({ code, signal: killer }) => {
    signal?.removeEventListener('abort', end);
    if (code !== null) return code;
    throw new Failure({
      code: 'PROCESS_KILLED',
      message: `"${command}" was ended by ${killer ?? 'the system'}`,
      subject: command,
    });
  });
  // Not everybody who disposes asks how it ended.
  exit.catch(() => {});
  return {
    stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    async [Symbol.asyncDispose]() {
      await child.end();
      for (const stream of [stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}
