import { labelSelectorText } from './api-paths.js';
import type { ContainerStatus, Pod } from './objects.js';
import { isFinished, isTerminating, podStatus } from './pod-status.js';
import { podTrouble, type PodTrouble } from './pod-trouble.js';

export interface TargetSelector {
  namespace?: string | undefined;
  labelSelector?: Readonly<Record<string, string>> | string | undefined;
  /** Exact image names as they stand in the pod (`repo:tag`); any of them matches. */
  image?: string | readonly string[] | undefined;
  pod?: string | undefined;
  container?: string | undefined;
}

/** What to do about the pods as they are at one moment. */
export type Choice =
  | { kind: 'found'; pod: Pod; status: ContainerStatus }
  /** After `recheckInMs` the choice may be another one without any change in the cluster. */
  | { kind: 'waiting'; pod: Pod; text: string; recheckInMs?: number | undefined }
  | { kind: 'trouble'; pod: Pod; trouble: PodTrouble }
  | { kind: 'no-container'; pod: Pod; names: readonly string[] }
  | { kind: 'ambiguous'; pod: Pod; names: readonly string[] }
  | { kind: 'none' };

/** A container that has just come back from a crash is not believed before it has run this long. */
const settleMs = 5000;
/** How long after its creation a starting pod is preferred to older ones that run: it is about to replace them. */
const rolloutMs = 20_000;

/**
 * Chooses pod and container. Terminating and completed pods do not count. The newest pod with a running container wins, but a pod created a moment
 * ago is waited for while it starts without trouble. `seenRunningMs` says how long a container (by its id) has been seen running from here, which
 * replaces the server's clock where that disagrees with ours.
 */
export function chooseTarget(
  pods: Iterable<Pod>,
  selector: Pick<TargetSelector, 'image' | 'container'>,
  now: number,
  seenRunningMs: (containerId: string) => number = () => 0,
): Choice {
  const images = imagesOf(selector);
  const matching = [...pods]
    .filter((pod) => !isTerminating(pod) && pod.status.phase !== 'Succeeded')
    .filter((pod) => images === undefined || pod.spec.containers.some((one) => images.includes(one.image)))
    .sort(newestFirst);
  const choices = matching.map((pod) => chooseInPod(pod, selector, now, seenRunningMs));
  const first = choices[0];
  if (first === undefined) return { kind: 'none' };
  const age = now - Date.parse(first.kind === 'none' ? '' : first.pod.metadata.creationTimestamp);
  if (first.kind === 'waiting' && age < rolloutMs) return first;
  return (
    choices.find((choice) => choice.kind === 'found') ??
    choices.find((one) => one.kind === 'waiting') ??
    first
  );
}

function chooseInPod(
  pod: Pod,
  selector: Pick<TargetSelector, 'image' | 'container'>,
  now: number,
  seenRunningMs: (containerId: string) => number,
): Choice {
  const names = pod.spec.containers.map((one) => one.name);
  const name = containerName(pod, selector);
  if (name === undefined) return { kind: 'ambiguous', pod, names };
  if (!names.includes(name)) return { kind: 'no-container', pod, names };
  const status = pod.status.containerStatuses?.find((one) => one.name === name);
  if (status?.state?.running) {
    if (status.restartCount === 0) return { kind: 'found', pod, status };
    const age = now - Date.parse(status.state.running.startedAt ?? '');
    const ran = Math.max(Number.isNaN(age) ? 0 : age, seenRunningMs(status.containerID ?? ''));
    if (ran >= settleMs) return { kind: 'found', pod, status };
    const text = `container "${name}" of pod ${pod.metadata.name} has just been restarted`;
    return { kind: 'waiting', pod, text, recheckInMs: Math.min(settleMs - ran, settleMs) };
  }
  const trouble = podTrouble(pod);
  if (trouble) return { kind: 'trouble', pod, trouble };
  if (isFinished(pod)) return { kind: 'none' };
  return { kind: 'waiting', pod, text: `pod ${pod.metadata.name} is ${podStatus(pod)}` };
}

/** The named one, the only one, or the first with a wanted image; undefined when that leaves a choice. */
function containerName(pod: Pod, selector: Pick<TargetSelector, 'image' | 'container'>): string | undefined {
  if (selector.container) return selector.container;
  const { containers } = pod.spec;
  if (containers.length === 1) return containers[0]!.name;
  const images = imagesOf(selector);
  return containers.find((one) => images?.includes(one.image))?.name;
}

function imagesOf(selector: Pick<TargetSelector, 'image'>): readonly string[] | undefined {
  return typeof selector.image === 'string' ? [selector.image] : selector.image;
}

function newestFirst(a: Pod, b: Pod): number {
  const created = Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp);
  return created === 0 ? (a.metadata.name < b.metadata.name ? -1 : 1) : created;
}

/** The part of a selector the server evaluates. */
export function podQuery(selector: Pick<TargetSelector, 'labelSelector' | 'pod'>): {
  labelSelector?: string;
  fieldSelector?: string;
} {
  const { labelSelector: labels, pod } = selector;
  return {
    ...(labels === undefined
      ? {}
      : { labelSelector: typeof labels === 'string' ? labels : labelSelectorText(labels) }),
    ...(pod ? { fieldSelector: `metadata.name=${pod}` } : {}),
  };
}
