import type { Pod } from '../../kube/api/objects.js';
import { allContainerStatuses } from '../../kube/pods/pod-status.js';
import type { TargetSelector } from '../images/built-images.js';

/** Labels that controllers put on each generation of pods, or on each pod. */
const CHANGING = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
]);

/**
 * What selects the container that takes the place of one that is gone: in the same pod after a restart, in a pod of the same controller (as far as its
 * labels tell) after its deletion. Undefined when nothing will: a pod without a controller stays deleted.
 */
export function replacementOf(
  pod: Pod,
  container: string,
  { isGone }: { isGone: boolean },
): (TargetSelector & { notContainerId: string | undefined }) | undefined {
  const { labels = {}, name, namespace, ownerReferences = [] } = pod.metadata;
  const notContainerId = allContainerStatuses(pod).find((one) => one.name === container)?.containerID;
  const common = { namespace, container, images: undefined, notContainerId };
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (!isGone || owner?.kind === 'StatefulSet') return { ...common, labelSelector: undefined, pod: name };
  const lasting = Object.entries(labels).filter(([label]) => !CHANGING.has(label));
  if (owner === undefined || owner.kind === 'Job' || lasting.length === 0) return undefined;
  return { ...common, labelSelector: Object.fromEntries(lasting) };
}
