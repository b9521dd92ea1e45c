import { abortable } from '../../base/abort.js';
import { Failure } from '../../base/failure.js';
import { nextInstance } from '../../kube/pods/container-instance.js';
import { kubectl } from '../../kube/api/api-failure.js';
import type { Pod } from '../../kube/api/objects.js';
import { hasLog, podStatus } from '../../kube/pods/pod-status.js';
import type { Event } from '../../report/events.js';
import { followLogs } from '../../kube/logs/follow-log.js';
import type { FollowOptions } from '../../kube/logs/follow-options.js';
import type { Kube } from '../../kube/kube.js';
import { readLog } from '../../kube/logs/logs.js';
import { guardNetwork } from '../../kube/network/network-guard.js';
import type { CommandHandler, Invocation } from '../command.js';
import { numberFlag } from '../flags.js';
import { linesFlag, sinceFlag } from './log-flags.js';
import { openKube } from '../open-kube.js';
import { pickTarget, type PickedTarget } from './pick-target.js';

/** `devspace logs [-f]`: what one container has printed, on stdout, byte for byte. */
export const run: CommandHandler = async (invocation) => {
  const { emit, flags, log, signal } = invocation;
  const isFollowing = flags.follow === true;
  const previous = flags.previous === true;
  const since = sinceFlag(flags.since);
  // Who asks for a time wants all since then.
  const tailLines = linesFlag(flags.lines, since === undefined ? 200 : undefined);
  if (previous && isFollowing) {
    throw new Failure({
      code: 'USAGE',
      message: '--previous and --follow exclude each other: what has ended prints no more',
      hint: 'devspace logs --previous',
    });
  }
  using kube = await openKube(invocation);
  const target = await pickTarget(kube, invocation, 'Which container do you want the logs of?', {
    anyState: true,
  });
  if (flags.wait === true) await waitForStart(kube, invocation, target);
  const { namespace, pod, container } = target;
  emit({ type: 'note', level: 'info', text: `Logs of pod ${pod}, container ${container}` });
  const options = { namespace, pod, container, tailLines, ...since };
  const { podObject } = target;
  // The server answers with an empty log.
  if (!isFollowing && podObject.spec.nodeName === undefined) throw notScheduled(kube, podObject);
  const isWaiting = isFollowing && !hasLog(podObject, container) && flags.wait !== true;
  if (isWaiting) emit(waitingForStart(target));
  const started = (): void => emit({ type: 'waited', id: 'start' });
  // A connection that is silently dead looks like a container that prints nothing.
  await using _guard = isFollowing ? guardNetwork(kube) : undefined;
  const text = isFollowing
    ? followLogs(
        kube,
        { ...options, ...tellers(invocation, container), ...(isWaiting && { onConnected: started }) },
        signal,
      )
    : readLog(kube, { ...options, previous }, signal);
  for await (const piece of text) {
    const wait = log.write('', piece);
    if (wait) await abortable(wait, signal);
  }
  return 0;
};

function tellers(
  { emit }: Invocation,
  container: string,
): Pick<FollowOptions, 'onLost' | 'onMissing' | 'onRestart'> {
  return {
    onLost: ({ code, message }) =>
      emit({ type: 'warning', code, text: `${message}. The log goes on when it is there again` }),
    onRestart: (end) => {
      const text = `Container ${container} was restarted${end === undefined ? '' : ` after ${end}`}`;
      emit({ type: 'note', level: 'info', text });
    },
    onMissing: (reason) =>
      emit({ type: 'warning', code: 'LOGS_INCOMPLETE', text: `Lines may be missing here: ${reason}` }),
  };
}

function waitingForStart({ container, pod }: PickedTarget): Event {
  return { type: 'waiting', id: 'start', text: `for container ${container} of pod ${pod} to start` };
}

function notScheduled(kube: Kube, pod: Pod): Failure {
  const { name, namespace = kube.namespace } = pod.metadata;
  return new Failure({
    code: 'LOGS_UNAVAILABLE',
    message: `There are no logs of pod ${namespace}/${name} yet: it is ${podStatus(pod)}, and on no node so far`,
    subject: name,
    hint: kubectl(kube, `describe pod ${name} -n ${namespace}`),
  });
}

/** `--wait`: until the container has started, at most `--timeout`. */
async function waitForStart(kube: Kube, invocation: Invocation, target: PickedTarget): Promise<void> {
  const { emit, flags, signal } = invocation;
  const seconds = numberFlag('--timeout', flags.timeout, 1);
  const { namespace, pod, container } = target;
  const over = new Failure({
    code: 'LOGS_UNAVAILABLE',
    message: `Container ${container} of pod ${namespace}/${pod} has not started within ${seconds} s`,
    subject: pod,
    hint: `devspace logs --wait --timeout ${seconds * 2}`,
  });
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(over), seconds * 1000);
  try {
    emit(waitingForStart(target));
    await nextInstance(
      kube,
      { namespace, pod, container },
      undefined,
      AbortSignal.any([signal, stop.signal]),
    );
  } finally {
    clearTimeout(timer);
    emit({ type: 'waited', id: 'start' });
  }
}
