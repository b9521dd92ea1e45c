import { PassThrough } from 'node:stream';
import { Failure, isFailure } from '../../base/failure.js';
import { openAttach } from '../../kube/exec/attach.js';
import type { Kube } from '../../kube/kube.js';
import type { ContainerSpec, Pod } from '../../kube/api/objects.js';
import type { Emit } from '../../report/events.js';
import { detachKeys } from './detach-keys.js';
import { awaitExitCode } from '../run/container-exit.js';
import type { TerminalTarget } from './terminal-loss.js';
import { connectStreams, isTerminal, type TerminalStreams } from './terminal-session.js';

export interface AttachTerminalOptions extends TerminalStreams {
  target: TerminalTarget;
  emit: Emit;
}

/**
 * Connects our streams with the main process of a container, with input and as a terminal where its spec says `stdin` and `tty`. Resolves to the exit
 * code of that process when it ends, and to 0 when the user detaches with Ctrl-P Ctrl-Q, which leaves it running.
 *
 * Rejects with the failures of openAttach and of awaitExitCode, with STREAM_LOST when the connection broke and the process runs on, and with the signal's
 * reason.
 */
export async function runAttach(
  kube: Kube,
  options: AttachTerminalOptions,
  signal: AbortSignal,
): Promise<number> {
  const { emit, stdout, target } = options;
  const { container, namespace, pod } = target;
  const { stdin: input = false, tty = false } = specOf(target.podObject, container) ?? {};
  const raw = isTerminal(options) && input && tty;
  emit({ type: 'note', level: 'info', text: greeting(target, { input, raw, tty }) });
  const detaching = new AbortController();
  const either = AbortSignal.any([signal, detaching.signal]);
  try {
    // Another size at first: programs that fill the screen draw it anew when it changes.
    const size = raw ? { columns: stdout.columns + 1, rows: stdout.rows + 1 } : undefined;
    await using stream = await openAttach(
      kube,
      { namespace, pod, container, stdin: input, tty, size },
      either,
    );
    if (raw) stream.resize(stdout.columns, stdout.rows);
    const keys = raw ? detachKeys(() => detaching.abort(new Error('detached'))) : undefined;
    // The end of a pipe would end the whole stream of a terminal, and what the process answers would get lost.
    const through = keys ?? (tty ? new PassThrough() : undefined);
    await connectStreams(stream, { ...options, raw, input, through, signal: either });
  } catch (error) {
    signal.throwIfAborted();
    if (detaching.signal.aborted) {
      emit({ type: 'note', level: 'done', text: `Detached from container ${container}, which runs on` });
      return 0;
    }
    // While nothing can be reached nobody tells an exit code.
    if (!isFailure(error, 'STREAM_LOST') || kube.network.isGone) throw error;
    return awaitExitCode(kube, target, signal, error);
  }
  return awaitExitCode(kube, target, signal, endedEarly(target));
}

function specOf(pod: Pod, container: string): ContainerSpec | undefined {
  const { containers, ephemeralContainers = [], initContainers = [] } = pod.spec;
  return [...containers, ...initContainers, ...ephemeralContainers].find(({ name }) => name === container);
}

function greeting(
  { container, pod }: TerminalTarget,
  { input, raw, tty }: { input: boolean; raw: boolean; tty: boolean },
): string {
  const attached = `Attached to container ${container} of pod ${pod}`;
  if (raw) return `${attached}. Ctrl-P Ctrl-Q detaches; without a prompt, press Enter.`;
  if (!input) return `${attached}: output only, since its spec does not say \`stdin: true\`.`;
  return tty ? `${attached}.` : `${attached}: without a terminal, since its spec does not say \`tty: true\`.`;
}

function endedEarly({ container, namespace, pod }: TerminalTarget): Failure {
  return new Failure({
    code: 'STREAM_LOST',
    message: `The cluster ended the stream to container ${container} of pod ${namespace}/${pod}, which runs on`,
    subject: pod,
    hint: 'attach again',
  });
}
