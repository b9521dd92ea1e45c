import { Failure } from '../../base/failure.js';
import { kubectl } from '../api/api-failure.js';
import { corePath } from '../api/api-paths.js';
import type { Kube } from '../kube.js';
import type { ContainerState, ContainerStatus, Pod } from '../api/objects.js';
import { allContainerStatuses, isFinished, isTerminating } from './pod-status.js';
import { containerTrouble } from './pod-trouble.js';
import { getObject } from '../api/rest.js';

/** A container from one start to its end. */
export interface Instance {
  id: string;
  /** How many there were before it in its pod. */
  restarts: number;
  /** In ms by the node's clock, whole seconds. */
  startedAt: number | undefined;
  /** It does not run any more. */
  hasEnded: boolean;
  /** How the one before it ended: `exit code 1`, `exit code 137 (OOMKilled)`. */
  endOfLast: string | undefined;
}

/**
 * The instance of a container whose log can be read: `current` when that still runs, else the one that followed it, as soon as it is there.
 * Undefined when none will follow. Without a `current`, waits for the first.
 *
 * Throws KUBE_NOT_FOUND when there is no such pod at first, LOGS_UNAVAILABLE when its container cannot start, the failures of watchObjects.
 */
export async function nextInstance(
  kube: Kube,
  where: { namespace: string; pod: string; container: string },
  current: Instance | undefined,
  signal: AbortSignal | undefined,
): Promise<Instance | undefined> {
  let known = current !== undefined;
  for await (const pods of kube.pods.follow({ namespace: where.namespace, pod: where.pod }, signal)) {
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
    if (status && readable !== undefined && readable !== current?.id)
      return {
        id: readable,
        restarts: status.restartCount,
        startedAt: startOf(status),
        hasEnded: status.state?.running === undefined,
        // Of one that waits for its next start, the last state is its own.
        endOfLast: status.state?.waiting ? undefined : endText(status.lastState?.terminated),
      };
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

/** When the instance that came after `current` was started; undefined when none has. Failures of getObject. */
export async function startOfNext(
  kube: Kube,
  { container, namespace, pod: name }: { namespace: string; pod: string; container: string },
  current: Instance,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const pod = await getObject<Pod>(kube, corePath('pods', { namespace, name }), { signal });
  const status = allContainerStatuses(pod).find((one) => one.name === container);
  return status && readableInstance(status) !== current.id ? startOf(status) : undefined;
}

function startOf({ lastState, state }: ContainerStatus): number | undefined {
  const { startedAt } = state?.running ?? state?.terminated ?? lastState?.terminated ?? {};
  return startedAt === undefined ? undefined : Date.parse(startedAt);
}

/** The instance the server reads from: the present one, or while it waits for a restart, the last one. */
function readableInstance(status: ContainerStatus): string | undefined {
  if (status.state?.running) return status.containerID;
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  return ended && (ended.containerID ?? status.containerID);
}

function endText(ended: ContainerState['terminated']): string | undefined {
  if (ended === undefined) return undefined;
  const { exitCode, reason = '' } = ended;
  const why = ['', 'Error', 'Completed'].includes(reason) ? '' : ` (${reason})`;
  return `exit code ${exitCode}${why}`;
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
