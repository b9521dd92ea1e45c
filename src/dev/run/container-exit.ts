import { Failure, isFailure } from '../../base/failure.js';
import type { Kube } from '../../kube/kube.js';
import type { Pod } from '../../kube/api/objects.js';
import { allContainerStatuses } from '../../kube/pods/pod-status.js';
import { lossOf, type TerminalTarget } from '../terminal/terminal-loss.js';

/** The cluster learns of the end of a container a moment after those who are attached to it. */
const VERDICT_MS = 10_000;

/**
 * The exit code of a container whose streams have ended, as soon as the cluster tells it. Rejects with `otherwise` when it runs on or nothing can be
 * found out, with POD_GONE when the pod took the exit code along, and with the signal's reason.
 */
export async function awaitExitCode(
  kube: Kube,
  target: TerminalTarget,
  signal: AbortSignal,
  otherwise: Failure,
): Promise<number> {
  const limit = AbortSignal.timeout(VERDICT_MS);
  const { namespace, pod } = target;
  try {
    for await (const pods of kube.pods.follow({ namespace, pod }, AbortSignal.any([signal, limit]))) {
      const now = [...pods.values()][0];
      const code = now && exitCodeIn(now, target);
      if (code !== undefined) return code;
      const loss = lossOf(target, now);
      // One that is only on its way out may still tell.
      if (now === undefined || now.metadata.uid !== target.podObject.metadata.uid)
        throw new Failure({
          code: 'POD_GONE',
          message: `${loss?.text ?? `pod ${pod} was deleted`}, and the exit code of container ${target.container} with it`,
          subject: pod,
          hint: `kubectl get pods -n ${namespace}`,
        });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isFailure(error, 'POD_GONE')) throw error;
    if (!limit.aborted && !isFailure(error)) throw error;
  }
  throw otherwise;
}

/** Undefined while the instance that `target` names has not ended. */
export function exitCodeIn(now: Pod, { container, podObject }: TerminalTarget): number | undefined {
  const find = (pod: Pod) => allContainerStatuses(pod).find(({ name }) => name === container);
  const id = find(podObject)?.containerID;
  const status = find(now);
  return [status?.state?.terminated, status?.lastState?.terminated].find(
    (end) => end !== undefined && (end.containerID ?? status?.containerID) === id,
  )?.exitCode;
}
