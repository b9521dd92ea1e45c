import { followLogs, readLogs } from '../kube/logs.js';
import type { CommandHandler } from './command.js';
import { numberFlag } from './flags.js';
import { openKube } from './open-kube.js';
import { pickTarget } from './pick-target.js';

/** `devspace logs [-f]`: the lines of one container on stdout, without a prefix. */
export const run: CommandHandler = async (invocation) => {
  const { emit, flags, signal } = invocation;
  const tailLines = numberFlag('--lines', flags.lines);
  using kube = await openKube(invocation);
  const { namespace, pod, container } = await pickTarget(
    kube,
    invocation,
    'Which container do you want the logs of?',
    { anyState: true },
  );
  emit({ type: 'note', level: 'info', text: `Logs of pod ${pod}, container ${container}` });
  const options = { namespace, pod, container, tailLines };
  if (!flags.follow) {
    for (const { text } of await readLogs(kube, options, signal))
      emit({ type: 'log', prefix: '', line: text });
    return 0;
  }
  const onRestart = () => emit({ type: 'note', level: 'info', text: `Container ${container} was restarted` });
  for await (const { text } of followLogs(kube, { ...options, onRestart }, signal))
    emit({ type: 'log', prefix: '', line: text });
  return 0;
};
