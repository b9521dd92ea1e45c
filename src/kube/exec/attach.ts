import { corePath, withQuery } from '../api/api-paths.js';
import type { Kube } from '../kube.js';
import type { ExecStream, TerminalSize } from './exec-stream.js';
import { openRemoteProcess } from './remote-process.js';

export interface AttachOptions {
  namespace: string;
  pod: string;
  container: string;
  /** Both as the container's spec has them: the server refuses what it does not have. */
  stdin: boolean;
  tty: boolean;
  size?: TerminalSize | undefined;
}

/**
 * Connects with the main process of a container. Contract and failures as openExec, except that `exit` does not know the exit code of that process: it
 * resolves to 0 when the stream has come to its end. Closing the stream does not end the process, unless its spec says `stdinOnce`.
 */
export async function openAttach(
  kube: Kube,
  options: AttachOptions,
  signal?: AbortSignal,
): Promise<ExecStream> {
  const { container, namespace, pod, size, stdin, tty } = options;
  return openRemoteProcess(kube, {
    path: withQuery(corePath('pods', { namespace, name: pod, subresource: 'attach' }), {
      container,
      stdin,
      stdout: true,
      stderr: !tty,
      tty,
    }),
    kubectlWay: `attach -n ${namespace} ${pod} -c ${container}`,
    what: `the main process of container "${container}" of pod ${namespace}/${pod}`,
    tty,
    size,
    stdin,
    stdout: true,
    stderr: !tty,
    halfClose: stdin && !tty,
    signal,
  });
}
