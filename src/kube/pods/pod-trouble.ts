import type { ContainerStatus, Pod } from '../api/objects.js';

/** Why a container does not run, when that is not just a matter of time. */
export interface PodTrouble {
  container: string;
  reason: string;
  /** `container "app" is in CrashLoopBackOff: exited with 1, 3 restarts` */
  text: string;
  /** Nothing but a changed pod can heal it. */
  permanent: boolean;
}

const critical = new Set([
  'Error',
  'Unknown',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'InvalidImageName',
  'CrashLoopBackOff',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
  'CreateContainerConfigError',
  'CreateContainerError',
  'PostStartHookError',
  'OOMKilled',
]);

const permanent = new Set(['InvalidImageName', 'ErrImageNeverPull']);

/** The first trouble of a pod's init containers and containers, or undefined when all of them run, ran or still start. */
export function podTrouble(pod: Pod): PodTrouble | undefined {
  for (const status of [
    ...(pod.status.initContainerStatuses ?? []),
    ...(pod.status.containerStatuses ?? []),
  ]) {
    const trouble = containerTrouble(status);
    if (trouble) return trouble;
  }
  if (pod.status.phase !== 'Failed') return undefined;
  const reason = pod.status.reason ?? 'Failed';
  return {
    container: pod.spec.containers[0]?.name ?? '',
    reason,
    text: `the pod has failed: ${[reason, pod.status.message].filter(Boolean).join(', ')}`,
    // A controller may be about to replace it.
    permanent: false,
  };
}

/** The trouble of one container. */
export function containerTrouble(status: ContainerStatus): PodTrouble | undefined {
  const { waiting, terminated } = status.state ?? {};
  const reason =
    waiting?.reason ?? terminated?.reason ?? (terminated && terminated.exitCode !== 0 ? 'Error' : '');
  if (!critical.has(reason)) return undefined;
  // What the runtime says while it waits to try again is about the waiting; why it failed is told by the last end.
  const last = terminated ?? status.lastState?.terminated;
  const parts: string[] = [];
  if (last) {
    parts.push(last.signal ? `killed by signal ${last.signal}` : `exited with ${last.exitCode}`);
    if (last.reason && last.reason !== 'Error' && last.reason !== reason) parts.push(last.reason);
    if (last.message) parts.push(firstLine(last.message));
  } else if (waiting?.message) parts.push(firstLine(waiting.message));
  if (status.restartCount > 0)
    parts.push(`${status.restartCount} ${status.restartCount === 1 ? 'restart' : 'restarts'}`);
  return {
    container: status.name,
    reason,
    text: `container "${status.name}" is in ${reason}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`,
    // Newer servers call a name that is none a pull that failed.
    permanent: permanent.has(reason) || /invalid reference format/.test(waiting?.message ?? ''),
  };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]!;
}
