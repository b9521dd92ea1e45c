import { followLogs, readLog } from '../kube/logs.js';
import type { CommandHandler } from './command.js';
import { numberFlag } from './flags.js';
import { openKube } from './open-kube.js';
import { pickTarget } from './pick-target.js';

/** `devspace logs [-f]`: what one container has printed, on stdout, byte for byte. */
export const run: CommandHandler = async (invocation) => {
  const { emit, flags, log, signal } = invocation;
  const tailLines = numberFlag('--lines', flags.lines);
  using kube = await openKube(invocation);
  const { namespace, pod, container } = await pickTarget(
    kube,
    invocation,
    'Which container do you want the logs of?',
    { anyState: true },
  );
  const note = (level: 'info' | 'warn', text: string) => emit({ type: 'note', level, text });
  note('info', `Logs of pod ${pod}, container ${container}`);
  const options = { namespace, pod, container, tailLines };
  const events = {
    onRestart: (end?: string) =>
      note('info', `Container ${container} was restarted${end ? ` after ${end}` : ''}`),
    onMissing: (text: string) =>
      emit({ type: 'warning', code: 'LOGS_INCOMPLETE', text: `Lines may be missing here: ${text}` }),
  };
  const text = flags.follow
    ? followLogs(kube, { ...options, ...events }, signal)
    : readLog(kube, options, signal);
  for await (const piece of text) {
    const wait = log.write('', piece);
    if (wait) await wait;
  }
  return 0;
};
