import { corePath } from '../api/api-paths.js';
import type { Kube } from '../kube.js';
import type { Pod } from '../api/objects.js';
import { allContainerStatuses, isTerminating, podStatus } from '../pods/pod-status.js';
import { listObjects } from '../api/rest.js';
import { podQuery, type TargetSelector } from './target-choice.js';

/** All pods of a namespace that name and label selector match, newest first. */
export async function listPods(
  kube: Kube,
  selector: Pick<TargetSelector, 'namespace' | 'labelSelector' | 'pod'> = {},
  signal?: AbortSignal,
): Promise<Pod[]> {
  const path = corePath('pods', { namespace: selector.namespace || kube.namespace });
  const { items } = await listObjects<Pod>(kube, path, { ...podQuery(selector), signal });
  return items.sort(
    (a, b) => Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp),
  );
}

/** One line of a picker. */
export interface Candidate {
  namespace: string;
  pod: string;
  container: string;
  /** Of the pod, as in `kubectl get pods`. */
  status: string;
  running: boolean;
  init: boolean;
  podObject: Pod;
}

/** Every container of `pods`, in order; terminating pods are left out, init containers come last in their pod. */
export function candidates(pods: readonly Pod[]): Candidate[] {
  const result: Candidate[] = [];
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    const running = new Set(
      allContainerStatuses(pod)
        .filter((one) => one.state?.running !== undefined)
        .map((one) => one.name),
    );
    const add = (container: string, init: boolean): void => {
      result.push({
        namespace: pod.metadata.namespace ?? '',
        pod: pod.metadata.name,
        container,
        status: podStatus(pod),
        running: running.has(container),
        init,
        podObject: pod,
      });
    };
    for (const { name } of pod.spec.containers) add(name, false);
    for (const { name } of pod.spec.initContainers ?? []) add(name, true);
  }
  return result;
}
