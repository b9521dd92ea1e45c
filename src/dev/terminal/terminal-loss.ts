import type { Kube } from '../../kube/kube.js';
import type { ContainerStatus, Pod } from '../../kube/api/objects.js';
import { allContainerStatuses, isTerminating } from '../../kube/pods/pod-status.js';

/** The container that a terminal is in, as it was when it was opened. */
export interface TerminalTarget {
  namespace: string;
  pod: string;
  container: string;
  podObject: Pod;
}

/** What became of it. */
export interface Loss {
  code: 'POD_GONE' | 'CONTAINER_RESTARTED';
  /** A sentence without its end: `pod app-1 was deleted`. */
  text: string;
}

/**
 * What happened to the container under a command that ended for no reason of its own; undefined when it runs as before. Asks for as long as told,
 * since the cluster learns of the end of a container a moment after the command in it. Throws failures of the connection, and the signal's reason.
 */
export async function whatWasLost(
  kube: Kube,
  target: TerminalTarget,
  forMs: number,
  signal: AbortSignal,
): Promise<Loss | undefined> {
  const limit = AbortSignal.timeout(forMs);
  const either = AbortSignal.any([signal, limit]);
  const { namespace, pod } = target;
  try {
    for await (const pods of kube.pods.follow({ namespace, pod }, either)) {
      const loss = lossOf(target, [...pods.values()][0]);
      if (loss) return loss;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
  }
  return undefined;
}

/** Compares the container with what `now` says. */
export function lossOf({ container, podObject }: TerminalTarget, now: Pod | undefined): Loss | undefined {
  const { name, uid } = podObject.metadata;
  if (now === undefined || now.metadata.uid !== uid)
    return { code: 'POD_GONE', text: `pod ${name} was deleted` };
  if (isTerminating(now)) return { code: 'POD_GONE', text: `pod ${name} is being deleted` };
  if (now.status.reason === 'Evicted') return { code: 'POD_GONE', text: `pod ${name} was evicted` };
  const status = statusOf(now, container);
  const before = statusOf(podObject, container)?.containerID;
  if (status?.state?.running && (before === undefined || status.containerID === before)) return undefined;
  const end = status?.state?.terminated ?? status?.lastState?.terminated;
  const why = end
    ? ` (${end.reason === 'Error' || !end.reason ? `exit code ${end.exitCode}` : end.reason})`
    : '';
  return { code: 'CONTAINER_RESTARTED', text: `container ${container} of pod ${name} ended${why}` };
}

function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  return allContainerStatuses(pod).find(({ name }) => name === container);
}
