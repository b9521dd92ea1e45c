import { pipeline } from 'node:stream/promises';
import { isFailure } from '../base/failure.js';
import { openExec } from '../kube/exec.js';
import type { CommandHandler } from './command.js';
import { openKube } from './open-kube.js';
import { pickTarget } from './pick-target.js';
import { onResize, rawMode } from './raw-terminal.js';

const SHELL = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];

/**
 * `devspace enter [command…]`: a terminal when stdin and stdout are one, plain pipes otherwise, so that binary data passes unchanged. The exit code
 * is the command's own.
 */
export const run: CommandHandler = async (invocation) => {
  const { args, emit, signal, stdin, stdout, stderr } = invocation;
  using kube = await openKube(invocation);
  const target = await pickTarget(kube, invocation, 'Which pod do you want to enter?');
  const tty = stdin.isTTY && stdout.isTTY;
  const what = args.length > 0 ? `Running ${args[0]}` : 'Opening a shell';
  emit({
    type: 'note',
    level: 'info',
    text: `${what} in pod ${target.pod}, container ${target.container}`,
  });

  await using process = await openExec(
    kube,
    {
      namespace: target.namespace,
      pod: target.pod,
      container: target.container,
      command: args.length > 0 ? args : SHELL,
      tty,
      size: tty ? { columns: stdout.columns, rows: stdout.rows } : undefined,
    },
    signal,
  );
  using _raw = rawMode(stdin);
  using _size = onResize(stdout, (columns, rows) => process.resize(columns, rows));
  const input = pipeline(stdin, process.stdin).catch((error: unknown) => {
    // The command may end without reading all of its input.
    if (isFailure(error)) throw error;
  });
  const output = Promise.all([
    pipeline(process.stdout, stdout, { end: false }),
    pipeline(process.stderr, stderr, { end: false }),
  ]);
  const code = await process.exit;
  await output;
  stdin.unpipe();
  stdin.destroy();
  await input;
  return code;
};
