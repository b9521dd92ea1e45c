import { corePath, withQuery } from '../api/api-paths.js';
import type { PingOptions } from '../websocket/channel.js';
import type { Kube } from '../kube.js';
import type { ExecStream, TerminalSize } from './exec-stream.js';
import { openRemoteProcess } from './remote-process.js';

export type { ExecStream } from './exec-stream.js';

export interface ExecOptions {
  namespace: string;
  pod: string;
  container: string;
  /** Program and arguments; no shell is involved. */
  command: readonly string[];
  tty?: boolean;
  /** Sent before anything else; only with `tty`. */
  size?: TerminalSize | undefined;
  stdin?: boolean;
  /** `stdin` will be ended, and the command must see that: over SPDY where the server's WebSockets cannot pass it on (before 1.30). */
  halfClose?: boolean | undefined;
  stdout?: boolean;
  stderr?: boolean;
  pings?: PingOptions | undefined;
}

/**
 * Starts `command` in a container and resolves when the server has accepted the stream. stdin is open unless `stdin: false`; with `tty` everything
 * comes on `stdout`. Unread output holds the command back, so read (or destroy) both outputs while waiting for `exit`.
 *
 * Rejects with the server's refusal (KUBE_NOT_FOUND, KUBE_FORBIDDEN, KUBE_API_ERROR for an unknown container…), KUBE_UNREACHABLE, or
 * STREAM_UNSUPPORTED where neither WebSockets nor SPDY get through. `exit` rejects
 * with EXEC_FAILED when the runtime could not run the command (`exec: "/bin/sh": no such file`), with STREAM_LOST when the connection broke before
 * the exit code came, and with the signal's reason. The output streams end in every case; only `exit` tells whether they are whole.
 */
export async function openExec(kube: Kube, options: ExecOptions, signal?: AbortSignal): Promise<ExecStream> {
  const { namespace, pod, container, command, tty = false } = options;
  const { stdin = true, stdout = true } = options;
  const stderr = !tty && (options.stderr ?? true);
  return openRemoteProcess(kube, {
    path: withQuery(corePath('pods', { namespace, name: pod, subresource: 'exec' }), {
      container,
      command,
      stdin,
      stdout,
      stderr,
      tty,
    }),
    kubectlWay: `exec -n ${namespace} ${pod} -c ${container} -- ${command[0]}`,
    what: `${command[0]} in container "${container}" of pod ${namespace}/${pod}`,
    tty,
    size: options.size,
    stdin,
    stdout,
    stderr,
    halfClose: options.halfClose,
    pings: options.pings,
    signal,
  });
}

/**
 * Runs a command without input and collects its output, at most 1 MiB of each stream (the rest is dropped). Failures as {@link openExec}; a
 * non-zero exit code is a result, not a failure.
 */
export async function runExec(
  kube: Kube,
  options: Omit<ExecOptions, 'stdin' | 'stdout' | 'stderr' | 'tty' | 'size'>,
  signal?: AbortSignal,
): Promise<{ code: number; stdout: string; stderr: string }> {
  await using stream = await openExec(kube, { ...options, stdin: false }, signal);
  const [stdout, stderr, code] = await Promise.all([
    collect(stream.stdout),
    collect(stream.stderr),
    stream.exit,
  ]);
  return { code, stdout, stderr };
}

const collectLimit = 1024 * 1024;

async function collect(source: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    if (size < collectLimit) chunks.push(chunk.subarray(0, collectLimit - size));
    size += chunk.length;
  }
  return Buffer.concat(chunks).toString('utf8');
}
