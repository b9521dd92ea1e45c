import { runAttach } from '../../dev/terminal/attach.js';
import type { CommandHandler } from '../command.js';
import { openKube } from '../open-kube.js';
import { guardTerminal } from './guard-terminal.js';
import { pickTarget } from './pick-target.js';
import { refuseJson } from '../refuse-json.js';

/** `devspace attach`: see {@link runAttach}. The exit code is that of the container's main process. */
export const run: CommandHandler = async (invocation) => {
  const { emit, signal, stderr, stdin, stdout } = invocation;
  refuseJson(invocation, 'attach');
  using kube = await openKube(invocation);
  const target = await pickTarget(kube, invocation, 'Which container do you want to attach to?');
  await using _guard = guardTerminal(kube);
  return await runAttach(kube, { target, emit, stdin, stdout, stderr }, signal);
};
