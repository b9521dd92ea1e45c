import type { TerminalSize } from '../../kube/exec/exec-stream.js';

/** What runs when no command is named: bash where there is one. */
const SHELL = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];

export interface RemoteCommand {
  readonly words: readonly string[];
  /** The same without what a shell in the container had to do first; undefined when it cannot be left out. */
  readonly plain: readonly string[] | undefined;
}

/**
 * The words to run in a container for `command` (none: a shell). A terminal gets its size before the command starts, since the cluster passes it on
 * only when that already runs; `workdir` is where it starts. Both take a shell.
 */
export function remoteCommand(
  command: readonly string[],
  { size, workdir }: { size?: TerminalSize | undefined; workdir?: string | undefined },
): RemoteCommand {
  const run = command.length > 0 ? command : SHELL;
  const before = [
    ...(workdir === undefined ? [] : ['cd -- "$1" || exit 1', 'shift']),
    ...(size ? [`stty cols ${size.columns} rows ${size.rows} 2>/dev/null`] : []),
  ];
  if (before.length === 0) return { words: run, plain: undefined };
  const script = `${before.join('; ')}; exec "$@"`;
  return {
    words: ['sh', '-c', script, 'sh', ...(workdir === undefined ? [] : [workdir]), ...run],
    plain: workdir === undefined && command.length > 0 ? run : undefined,
  };
}

/** For people: the program, or that it is a shell. */
export function commandName(command: readonly string[]): string {
  return command[0] ?? 'the shell';
}
