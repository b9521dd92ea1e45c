import { pipeline } from 'node:stream/promises';
import { isFailure } from '../base/failure.js';
import { openExec } from '../kube/exec.js';
import { loadKube } from '../kube/kubeconfig.js';
import type { CommandHandler } from './command.js';
import { pickTarget } from './pick-target.js';
import { onResize, rawMode } from './raw-terminal.js';

const SHELL = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];

/**
 * `devspace enter [command…]`: a terminal when stdin and stdout are one, plain pipes otherwise, so that binary data passes unchanged. The exit code
 * is the command's own.
 */
export const run: CommandHandler = async (invocation) => {
  const { args, emit, flags, signal, stdin, stdout, stderr } = invocation;
  using kube = await loadKube({ context: flags.kubeContext as string, namespace: flags.namespace as string });
  const target = await pickTarget(kube, invocation, 'Which pod do you want to enter?');
  const tty = stdin.isTTY && stdout.isTTY;
  emit({
    type: 'note',
    level: 'info',
    text: `Opening a shell in pod ${target.pod}, container ${target.container}`,
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
