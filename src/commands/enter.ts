import { pipeline } from 'node:stream/promises';
import { isFailure } from '../base/failure.js';
import { openExec, type ExecStream } from '../kube/exec.js';
import type { CommandHandler, Invocation } from './command.js';
import { openKube } from './open-kube.js';
import { pickTarget } from './pick-target.js';
import { onResize, rawMode } from './raw-terminal.js';

const SHELL = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];

/**
 * `devspace enter [command…]`: a terminal when stdin and stdout are one, plain pipes otherwise, so that binary data passes unchanged. The exit code
 * is the command's own.
 */
export const run: CommandHandler = async (invocation) => {
  const { args, emit, signal, stdin, stdout } = invocation;
  using kube = await openKube(invocation);
  const target = await pickTarget(kube, invocation, 'Which pod do you want to enter?');
  const { container, namespace, pod } = target;
  const what = args.length > 0 ? `Running ${args[0]}` : 'Opening a shell';
  emit({ type: 'note', level: 'info', text: `${what} in pod ${pod}, container ${container}` });

  const start = async (command: readonly string[]): Promise<number> => {
    const tty = stdin.isTTY && stdout.isTTY;
    const size = tty ? { columns: stdout.columns, rows: stdout.rows } : undefined;
    await using stream = await openExec(kube, { namespace, pod, container, command, tty, size }, signal);
    return await attach(stream, invocation);
  };
  using _raw = rawMode(stdin);
  const command = args.length > 0 ? args : SHELL;
  if (!stdin.isTTY || !stdout.isTTY) return start(command);
  try {
    return await start(sized(command, stdout));
  } catch (error) {
    // There is no shell for that in the container. Nothing has been run.
    if (args.length === 0 || !isFailure(error, 'EXEC_FAILED')) throw error;
    return start(command);
  }
};

/** The command in a terminal that has its size from the start: the cluster passes it on only when the command already runs. */
function sized(command: readonly string[], { columns, rows }: NodeJS.WriteStream): string[] {
  return ['sh', '-c', `stty cols ${columns} rows ${rows} 2>/dev/null; exec "$@"`, 'sh', ...command];
}

/** Connects our streams with those of the command until it ends. stdin can be read on afterwards. */
async function attach(stream: ExecStream, { stdin, stdout, stderr }: Invocation): Promise<number> {
  using _size = onResize(stdout, (columns, rows) => stream.resize(columns, rows));
  // No pipeline: the command may end without reading all of its input, which must not close ours.
  stdin.pipe(stream.stdin);
  try {
    const [code] = await Promise.all([
      stream.exit,
      pipeline(stream.stdout, stdout, { end: false }),
      pipeline(stream.stderr, stderr, { end: false }),
    ]);
    return code;
  } finally {
    stdin.unpipe(stream.stdin);
    stdin.pause();
  }
}
