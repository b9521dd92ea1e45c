import type { ContainerState, ContainerStatus, Pod } from '../api/objects.js';

/**
 * The STATUS column of `kubectl get pods`. Source of the rules: printPod in
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
 */
export function podStatus(pod: Pod): string {
  const { status, metadata } = pod;
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') return 'Unknown';
    if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return 'Terminating';
  }
  const init = initStatus(pod);
  if (init !== undefined && !hasCondition(pod, 'Initialized')) return init;
  return containersStatus(pod, init ?? baseStatus(pod));
}

/** True when the pod is on its way out: nothing new should be started in it. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** True when none of its containers will run again. */
export function isFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Of the containers, then of the init containers. */
export function allContainerStatuses(pod: Pod): ContainerStatus[] {
  return [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
}

/** Whether there is a log of the container: one that waits for its next start has one, too. */
export function hasLog(pod: Pod, container: string): boolean {
  const { lastState, state } = allContainerStatuses(pod).find(({ name }) => name === container) ?? {};
  return (state?.running ?? state?.terminated ?? lastState?.terminated) !== undefined;
}

function baseStatus(pod: Pod): string {
  const gated = pod.status.conditions?.find(
    (one) => one.type === 'PodScheduled' && one.reason === 'SchedulingGated',
  );
  return gated?.reason ?? (pod.status.reason || (pod.status.phase ?? 'Unknown'));
}

/** The first init container that is not through yet decides, as `Init:…`. */
function initStatus(pod: Pod): string | undefined {
  const all = pod.spec.initContainers ?? [];
  for (const [index, one] of (pod.status.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = one.state ?? {};
    if (terminated?.exitCode === 0) continue;
    const sidecar = all.find((spec) => spec.name === one.name)?.restartPolicy === 'Always';
    if (sidecar && one.started === true) continue;
    if (terminated) return `Init:${terminatedText(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${all.length}`;
  }
  return undefined;
}

function containersStatus(pod: Pod, base: string): string {
  let text = base;
  let running = false;
  // The first container that has something to say wins, so the last ones are asked first.
  for (const one of (pod.status.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated } = one.state ?? {};
    if (waiting?.reason) text = waiting.reason;
    else if (terminated) text = terminatedText(terminated);
    else if (one.ready && one.state?.running) running = true;
  }
  if (text !== 'Completed' || !running) return text;
  return hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function terminatedText(state: NonNullable<ContainerState['terminated']>): string {
  if (state.reason) return state.reason;
  return state.signal ? `Signal:${state.signal}` : `ExitCode:${state.exitCode}`;
}

function hasCondition(pod: Pod, type: string): boolean {
  return pod.status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}
