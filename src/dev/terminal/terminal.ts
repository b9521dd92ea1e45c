import { Failure, isFailure } from '../../base/failure.js';
import { openExec } from '../../kube/exec/exec.js';
import type { Kube } from '../../kube/kube.js';
import type { Emit } from '../../report/events.js';
import { typedEnd } from './detach-keys.js';
import { replacementOf } from './replacement.js';
import { commandName, remoteCommand } from './terminal-command.js';
import { whatWasLost, type Loss, type TerminalTarget } from './terminal-loss.js';
import { connectStreams, isTerminal, type TerminalStreams } from './terminal-session.js';
import { waitForPod } from '../run/wait-for-pod.js';

export type { TerminalTarget } from './terminal-loss.js';
export type { TerminalStreams } from './terminal-session.js';

export interface TerminalOptions extends TerminalStreams {
  target: TerminalTarget;
  /** Program and arguments; none: a shell. */
  command: readonly string[];
  /** Where the command starts (default: the container's working directory). */
  workdir?: string | undefined;
  /** Whether the command gets a terminal (default: when stdin and stdout are terminals). */
  tty?: boolean | undefined;
  /** Whether to go on in the container that replaces a lost one. Never without a terminal: nobody knows what input the lost one has read. */
  reconnect: (question: string) => Promise<boolean>;
  /** Called before a terminal is opened, disposed when it is closed: meanwhile nothing else may be printed. */
  quiet?: (() => Disposable) | undefined;
  /** Told each container before a terminal is opened in it. */
  onTarget?: ((target: TerminalTarget) => void) | undefined;
  /** How long to wait for the replacement. */
  timeoutMs: number;
  emit: Emit;
}

/** The container died under the command, or the user killed that: 128 + SIGKILL. */
const KILLED = 137;
/** For how long the cluster is asked what happened. */
const VERDICT_MS = 2_000;
/** The same once it knows for sure. */
const AFTERWARDS_MS = 500;

/**
 * Runs a command, or a shell, in a container with our streams and resolves to its exit code: in a terminal when there is one at both ends, else through
 * plain pipes, so that binary data passes unchanged. Opens a new one in the container's replacement when that is wanted.
 *
 * Rejects with POD_GONE or CONTAINER_RESTARTED when the container went away under the command and took its exit code along, with the failures of
 * openExec and waitForPod, and with the signal's reason.
 */
export async function runTerminal(
  kube: Kube,
  options: TerminalOptions,
  signal: AbortSignal,
): Promise<number> {
  const { command, emit, timeoutMs } = options;
  const mayReconnect = isTerminal(options) && options.tty !== false;
  let { target } = options;
  for (;;) {
    const what = command.length > 0 ? `Running ${command[0]}` : 'Opening a shell';
    emit({
      type: 'note',
      level: 'info',
      text: `${what} in pod ${target.pod}, container ${target.container}`,
    });
    options.onTarget?.(target);
    const end = await runOnce(kube, { ...options, target }, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!isFailure(error, 'STREAM_LOST')) throw error;
      return error;
    });
    if (typeof end === 'number' && end !== KILLED) return end;
    const loss = kube.network.isGone ? undefined : await verdict(kube, target, VERDICT_MS, signal);
    if (typeof end === 'number' && loss === undefined) return end;
    const next = successor(target, loss);
    const name = commandName(command);
    const story = loss ? `${capital(loss.text)}, and ${name} in it with it` : (end as Failure).message;
    if (!mayReconnect || next === undefined) return giveUp(end, loss, story, next !== undefined, emit);
    emit({ type: 'warning', code: loss?.code ?? 'STREAM_LOST', text: story });
    const where = loss?.code === 'POD_GONE' ? 'in the pod that replaces it' : 'there';
    if (!(await options.reconnect(`Open ${name} again ${where}?`))) {
      if (typeof end === 'number') return end;
      throw loss ? lost(end, loss, story) : end;
    }
    // What happened while nothing could be heard.
    const isBack = await networkBack(kube, emit, signal);
    const lossNow = isBack ? await verdict(kube, target, AFTERWARDS_MS, signal) : loss;
    const following = (isBack && successor(target, lossNow)) || next;
    const selector = lossNow ? following : { ...following, notContainerId: undefined };
    target = await waitForPod(kube, selector, 'terminal', { timeoutMs, emit, signal });
  }
}

/** {@link whatWasLost}; undefined also when that is not to be found out: what has ended the command is all there is to tell. */
async function verdict(
  kube: Kube,
  target: TerminalTarget,
  forMs: number,
  signal: AbortSignal,
): Promise<Loss | undefined> {
  try {
    return await whatWasLost(kube, target, forMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isFailure(error)) throw error;
    return undefined;
  }
}

const successor = ({ container, podObject }: TerminalTarget, loss: Loss | undefined) =>
  replacementOf(podObject, container, { isGone: loss?.code === 'POD_GONE' });

/** Waits, and says so, while the network is known to be gone; whether it was. */
async function networkBack(kube: Kube, emit: Emit, signal: AbortSignal): Promise<boolean> {
  if (!kube.network.isGone) return false;
  const id = 'network';
  using _told = kube.network.follow(({ reason }) => {
    if (reason !== undefined) emit({ type: 'waiting', id, text: `for the network to come back: ${reason}` });
  });
  try {
    await kube.network.pause(0, signal);
    return true;
  } finally {
    emit({ type: 'waited', id });
  }
}

const inputStaysOpen = {
  type: 'warning',
  code: 'STDIN_STAYS_OPEN',
  text: 'The end of the input cannot be passed on: the API server is older than 1.30, and a proxy lets no SPDY through. A command that reads to the end goes on waiting',
  hint: 'Ctrl-C ends it; `head -c` and the like in the container end by themselves',
} as const;

/** One command in one container. */
async function runOnce(kube: Kube, options: TerminalOptions, signal: AbortSignal): Promise<number> {
  const { command, stdin, stdout, target, workdir } = options;
  const { container, namespace, pod } = target;
  const raw = isTerminal(options) && options.tty !== false;
  const tty = options.tty ?? raw;
  const size = tty && stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : undefined;
  const start = async (words: readonly string[]): Promise<number> => {
    await using stream = await openExec(
      kube,
      { namespace, pod, container, command: words, tty, size, halfClose: !tty },
      signal,
    );
    using _quiet = raw ? options.quiet?.() : undefined;
    if (!tty && !stream.canCloseStdin) stdin.once('end', () => options.emit(inputStaysOpen));
    return await connectStreams(stream, {
      ...options,
      raw,
      through: tty && !stdin.isTTY ? typedEnd() : undefined,
      signal,
    });
  };
  const { words, plain } = remoteCommand(command, { size, workdir });
  try {
    return await start(words);
  } catch (error) {
    // There is no shell in the container to prepare the terminal. Nothing has been run.
    if (plain === undefined || !isFailure(error, 'EXEC_FAILED')) throw error;
    return start(plain);
  }
}

/** Nobody to ask, or nothing to go on in. */
function giveUp(
  end: number | Failure,
  loss: Loss | undefined,
  story: string,
  isReplaced: boolean,
  emit: Emit,
): number {
  if (loss === undefined) throw end as Failure;
  const hint = isReplaced ? 'run it again' : 'no controller replaces this pod: create it again';
  if (typeof end !== 'number') throw lost(end, loss, story, hint);
  emit({ type: 'warning', code: loss.code, text: story, hint });
  return end;
}

function lost(cause: Failure, { code, text }: Loss, message: string, hint = 'run it again'): Failure {
  return new Failure({ code, message, hint, cause, subject: text });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
