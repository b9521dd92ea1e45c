import { Failure } from '../base/failure.js';
import { kubectl } from './api-failure.js';
import { corePath } from './api-paths.js';
import type { Kube } from './kubeconfig.js';
import type { ContainerStatus, Pod } from './objects.js';
import { allContainerStatuses, isFinished, isTerminating } from './pod-status.js';
import { containerTrouble } from './pod-trouble.js';
import { watchObjects } from './watch.js';

/**
 * The id of the instance of a container whose log can be read: `current` when that still runs, else the one that followed it, as soon as it is
 * there. Undefined when none will follow. Without a `current`, waits for the first.
 *
 * Throws KUBE_NOT_FOUND when there is no such pod at first, LOGS_UNAVAILABLE when its container cannot start, the failures of watchObjects.
 */
export async function nextInstance(
  kube: Kube,
  where: { namespace: string; pod: string; container: string },
  current: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const fieldSelector = `metadata.name=${where.pod}`;
  const path = corePath('pods', { namespace: where.namespace });
  let known = current !== undefined;
  for await (const pods of watchObjects<Pod>(kube, path, { fieldSelector, signal })) {
    const [pod] = pods.values();
    if (pod === undefined) {
      if (known) return undefined;
      throw new Failure({
        code: 'KUBE_NOT_FOUND',
        message: `There is no pod ${where.namespace}/${where.pod}`,
        subject: where.pod,
        hint: kubectl(kube, `get pods -n ${where.namespace}`),
      });
    }
    known = true;
    const status = allContainerStatuses(pod).find((one) => one.name === where.container);
    const readable = status && readableInstance(status);
    if (readable !== undefined && readable !== current) return readable;
    if (status?.state?.running) return current;
    if (isOver(pod, status)) return undefined;
    const trouble = status && current === undefined ? containerTrouble(status) : undefined;
    if (trouble) {
      throw new Failure({
        code: 'LOGS_UNAVAILABLE',
        message: `There are no logs of pod ${where.namespace}/${where.pod} yet: ${trouble.text}`,
        subject: where.pod,
        hint: kubectl(kube, `describe pod ${where.pod} -n ${where.namespace}`),
      });
    }
  }
  return undefined;
}

/** The instance the server reads from: the present one, or while it waits for a restart, the last one. */
function readableInstance(status: ContainerStatus): string | undefined {
  if (status.state?.running) return status.containerID;
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  return ended && (ended.containerID ?? status.containerID);
}

function isOver(pod: Pod, status: ContainerStatus | undefined): boolean {
  if (isFinished(pod)) return true;
  const ended = status?.state?.terminated;
  if (!ended) return false;
  if (isTerminating(pod) || pod.spec.restartPolicy === 'Never') return true;
  const init = pod.spec.initContainers?.find((spec) => spec.name === status.name);
  if (init && init.restartPolicy !== 'Always') return ended.exitCode === 0;
  return pod.spec.restartPolicy === 'OnFailure' && ended.exitCode === 0;
}
