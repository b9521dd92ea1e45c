import { imageMatches } from '../../base/image-reference.js';
import { labelSelectorText } from '../api/api-paths.js';
import type { ContainerSpec, ContainerStatus, Pod } from '../api/objects.js';
import { allContainerStatuses, isFinished, isTerminating, podStatus } from '../pods/pod-status.js';
import { podTrouble, type PodTrouble } from '../pods/pod-trouble.js';

export interface TargetSelector {
  namespace?: string | undefined;
  labelSelector?: Readonly<Record<string, string>> | string | undefined;
  /** Image names as they stand in the pod (`repo:tag`), or repositories, which match with any tag; any of them matches. */
  image?: string | readonly string[] | undefined;
  pod?: string | undefined;
  /** Also the name of an init container or an ephemeral one. */
  container?: string | undefined;
  /** An instance that is known to have ended, whatever the cluster still says. */
  notContainerId?: string | undefined;
}

/** The part of a selector that is judged here rather than by the server. */
type LocalSelector = Pick<TargetSelector, 'image' | 'container' | 'notContainerId'>;

/** What to do about the pods as they are at one moment. */
export type Choice =
  | { kind: 'found'; pod: Pod; status: ContainerStatus }
  /** After `recheckInMs` the choice may be another one without any change in the cluster. */
  | { kind: 'waiting'; pod: Pod; text: string; recheckInMs?: number | undefined }
  | { kind: 'trouble'; pod: Pod; trouble: PodTrouble }
  | { kind: 'no-container'; pod: Pod; names: readonly string[] }
  | { kind: 'ambiguous'; pod: Pod; names: readonly string[] }
  /** The named container has ended and will not run again, though its pod lives. */
  | { kind: 'over'; pod: Pod; text: string }
  /** `past` is the newest that would fit if it were not on its way out or complete. */
  | { kind: 'none'; past?: Pod | undefined };

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
  selector: LocalSelector,
  now: number,
  seenRunningMs: (containerId: string) => number = () => 0,
): Choice {
  const images = imagesOf(selector);
  const matching = [...pods].filter((pod) => runsImage(pod, images)).sort(newestFirst);
  const isPast = (pod: Pod): boolean => isTerminating(pod) || pod.status.phase === 'Succeeded';
  const choices = matching
    .filter((pod) => !isPast(pod))
    .map((pod) => chooseInPod(pod, selector, now, seenRunningMs));
  const first = choices[0];
  if (first === undefined) return { kind: 'none', past: matching.find(isPast) };
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
  selector: LocalSelector,
  now: number,
  seenRunningMs: (containerId: string) => number,
): Choice {
  const names = pod.spec.containers.map((one) => one.name);
  const name = containerName(pod, selector);
  if (name === undefined) return { kind: 'ambiguous', pod, names };
  const others = [...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])];
  const isOther = others.some((one) => one.name === name);
  if (!isOther && !names.includes(name))
    return { kind: 'no-container', pod, names: [...names, ...others.map((one) => one.name)] };
  const status = statusesOf(pod).find((one) => one.name === name);
  if (selector.notContainerId !== undefined && status?.containerID === selector.notContainerId)
    return {
      kind: 'waiting',
      pod,
      text: `container "${name}" of pod ${pod.metadata.name} is being restarted`,
    };
  if (status?.state?.running) {
    if (status.restartCount === 0) return { kind: 'found', pod, status };
    const age = now - Date.parse(status.state.running.startedAt ?? '');
    const ran = Math.max(Number.isNaN(age) ? 0 : age, seenRunningMs(status.containerID ?? ''));
    if (ran >= settleMs) return { kind: 'found', pod, status };
    const text = `container "${name}" of pod ${pod.metadata.name} has just been restarted`;
    return { kind: 'waiting', pod, text, recheckInMs: Math.min(settleMs - ran, settleMs) };
  }
  const ended = status?.state?.terminated;
  if (isOther && ended?.exitCode === 0)
    return { kind: 'over', pod, text: `container "${name}" of pod ${pod.metadata.name} has done its work` };
  const trouble = podTrouble(pod);
  if (trouble) return { kind: 'trouble', pod, trouble };
  if (isFinished(pod)) return { kind: 'none' };
  return { kind: 'waiting', pod, text: `pod ${pod.metadata.name} is ${podStatus(pod)}` };
}

/**
 * The named one, the only one, the first with a wanted image, or the one that the pod itself calls its main one (as kubectl has it); undefined when that
 * leaves a choice.
 */
function containerName(pod: Pod, selector: LocalSelector): string | undefined {
  if (selector.container) return selector.container;
  const { containers } = pod.spec;
  if (containers.length === 1) return containers[0]!.name;
  const images = imagesOf(selector);
  if (images) return containers.find((one) => isOneOf(one, images))?.name;
  const main = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  return containers.find(({ name }) => name === main)?.name;
}

function imagesOf(selector: LocalSelector): readonly string[] | undefined {
  return typeof selector.image === 'string' ? [selector.image] : selector.image;
}

/** Whether one of the pod's containers runs one of the images (undefined: any). */
export function runsImage(pod: Pod, images: readonly string[] | undefined): boolean {
  return images === undefined || pod.spec.containers.some((one) => isOneOf(one, images));
}

/** Whether a container runs one of the images. */
export function isOneOf({ image }: ContainerSpec, images: readonly string[]): boolean {
  return images.some((wanted) => imageMatches(image, wanted));
}

function statusesOf(pod: Pod): readonly ContainerStatus[] {
  return [...allContainerStatuses(pod), ...(pod.status.ephemeralContainerStatuses ?? [])];
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
