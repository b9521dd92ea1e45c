import type { SyncConfig } from '../../config/schema.js';
import type { Pod } from '../../kube/api/objects.js';
import { isTerminating } from '../../kube/pods/pod-status.js';
import { isOneOf } from '../../kube/select/target-choice.js';

/** The pods that run a container to sync with: its name, its image, or any. Terminating ones do not count. */
export function runningPods(
  pods: Iterable<Pod>,
  selector: { images: readonly string[] | undefined; container: string | undefined },
): string[] {
  const { images, container } = selector;
  const names: string[] = [];
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    const running = new Set(
      (pod.status.containerStatuses ?? []).filter(({ state }) => state?.running).map(({ name }) => name),
    );
    const fits = pod.spec.containers.some(
      (one) =>
        running.has(one.name) &&
        (container === undefined || one.name === container) &&
        (images === undefined || isOneOf(one, images)),
    );
    if (fits) names.push(pod.metadata.name);
  }
  return names;
}

/**
 * The entry as it holds for a pod that is only uploaded to. The local side wins there, as nothing can come back; what runs on this machine runs for
 * the source only.
 */
export function followerEntry(entry: SyncConfig): SyncConfig {
  const { initialSync, onDownload: _, onUpload, syncReplicas: __, ...rest } = entry;
  const kept = initialSync === 'mirrorLocal' || initialSync === 'keepAll' || initialSync === 'disabled';
  return {
    ...rest,
    disableDownload: true,
    initialSync: kept ? initialSync : 'preferLocal',
    downloadOnInitialSync: undefined,
    onUpload: onUpload && { ...onUpload, exec: onUpload.exec?.filter(({ local }) => local !== true) },
  };
}
