import { runTerminal } from '../../dev/terminal/terminal.js';
import type { CommandHandler } from '../command.js';
import { numberFlag } from '../flags.js';
import { openKube } from '../open-kube.js';
import { guardTerminal } from './guard-terminal.js';
import { pickTarget } from './pick-target.js';
import { reconnectAnswer } from './reconnect-answer.js';
import { refuseJson } from '../refuse-json.js';

/** `devspace enter [command…]`: see {@link runTerminal}. The exit code is the command's own. */
export const run: CommandHandler = async (invocation) => {
  const { args, emit, flags, signal, stderr, stdin, stdout } = invocation;
  refuseJson(invocation, 'enter');
  const timeoutMs = numberFlag('--timeout', flags.timeout) * 1000;
  using kube = await openKube(invocation);
  const target = await pickTarget(kube, invocation, 'Which pod do you want to enter?');
  const options = {
    target,
    command: args,
    workdir: flags.workdir as string | undefined,
    tty: flags.tty as boolean | undefined,
    reconnect: reconnectAnswer(invocation, flags.reconnect === true),
    timeoutMs,
    emit,
    stdin,
    stdout,
    stderr,
  };
  await using _guard = guardTerminal(kube);
  return await runTerminal(kube, options, signal);
};
