import type { Pod } from '../api/objects.js';
import { isTerminating } from '../pods/pod-status.js';
import { isOneOf, type TargetSelector } from '../select/target-choice.js';

/** Where connections should go now. */
export interface PodChoice {
  /** The newest pod that is Ready. */
  ready: Pod | undefined;
  /** Where there is none: the newest with a running container, for an app may never call itself ready. */
  running: Pod | undefined;
}

/**
 * Chooses among the pods of a selector. Terminating pods do not count, nor those whose container is not running: the named one, the one with a wanted
 * image, or any.
 */
export function choosePod(
  pods: Iterable<Pod>,
  selector: Pick<TargetSelector, 'image' | 'container'>,
): PodChoice {
  const running = [...pods].filter((pod) => !isTerminating(pod) && runs(pod, selector)).sort(newestFirst);
  return {
    ready: running.find((pod) =>
      pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
    ),
    running: running[0],
  };
}

function runs(pod: Pod, { container, image }: Pick<TargetSelector, 'image' | 'container'>): boolean {
  const images = typeof image === 'string' ? [image] : image;
  const wanted = pod.spec.containers.filter((one) =>
    container ? one.name === container : !images || isOneOf(one, images),
  );
  const names = new Set(wanted.map(({ name }) => name));
  return (pod.status.containerStatuses ?? []).some(
    (status) => names.has(status.name) && status.state?.running !== undefined,
  );
}

function newestFirst(a: Pod, b: Pod): number {
  return Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp);
}
