import { Failure } from '../../base/failure.js';
import { kubectl } from '../api/api-failure.js';
import { namespaceFailure } from '../api/namespace.js';
import { explainPod, podFailure } from '../pods/explain.js';
import type { Pod } from '../api/objects.js';
import type { Kube } from '../kube.js';
import { isTerminating } from '../pods/pod-status.js';
import { podQuery, type Choice, type TargetSelector } from './target-choice.js';

interface Where {
  kube: Kube;
  namespace: string;
  selector: TargetSelector;
}

/** What is waited for, as a sentence without its end: `pod app-1 is ContainerCreating`. */
export function waitingText(where: Where, choice: Choice): string {
  switch (choice.kind) {
    case 'waiting':
      return choice.text;
    case 'trouble':
      return `pod ${choice.pod.metadata.name}: ${choice.trouble.text}`;
    case 'none':
      return choice.past
        ? `${pastText(choice.past)}, and no other with ${selectorText(where.selector)} is in namespace ${where.namespace} yet`
        : `no pod with ${selectorText(where.selector)} in namespace ${where.namespace} yet`;
    default:
      return `pod ${choice.pod.metadata.name}`;
  }
}

/** The failure for what a wait had come to when it was given up after `waitedMs`. */
export async function targetFailure(
  where: Where,
  choice: Choice,
  waitedMs: number,
  signal?: AbortSignal,
): Promise<Failure> {
  const { kube, namespace, selector } = where;
  const waited = waitedMs < 1000 ? '' : ` after ${Math.round(waitedMs / 1000)} s`;
  if (choice.kind === 'trouble') return podFailure(kube, choice.pod, choice.trouble, signal);
  if (choice.kind === 'none' && choice.past) {
    const { name } = choice.past.metadata;
    return new Failure({
      code: 'POD_NOT_FOUND',
      message: `No pod with ${selectorText(selector)} runs in namespace ${namespace}${waited}: ${pastText(choice.past)}`,
      subject: name,
      hint: `devspace logs --pod ${name} -n ${namespace}`,
    });
  }
  if (choice.kind === 'none') {
    const noNamespace = await namespaceFailure(kube, namespace, signal);
    if (noNamespace) return noNamespace;
    return new Failure({
      code: 'POD_NOT_FOUND',
      message: `There is no pod with ${selectorText(selector)} in namespace ${namespace}${waited}`,
      subject: selector.pod ?? namespace,
      hint: kubectl(kube, `get pods -n ${namespace}${selector.pod ? '' : ' --show-labels'}`),
    });
  }
  const { name } = choice.pod.metadata;
  if (choice.kind === 'no-container' || choice.kind === 'ambiguous') {
    const missing = choice.kind === 'no-container';
    return new Failure({
      code: missing ? 'CONTAINER_NOT_FOUND' : 'CONTAINER_AMBIGUOUS',
      message: missing
        ? `Pod ${namespace}/${name} has no container "${selector.container}"`
        : `Pod ${namespace}/${name} has several containers and none was named`,
      subject: name,
      hint: `Name one with --container, or containerName in devspace.yaml: ${choice.names.join(', ')}`,
    });
  }
  if (choice.kind === 'over') {
    return new Failure({
      code: 'CONTAINER_ENDED',
      message: `There is nothing to run in: ${choice.text}`,
      subject: name,
      hint: `devspace logs --pod ${name} -c ${selector.container}, or name another container`,
    });
  }
  const details = choice.kind === 'waiting' ? await explainPod(kube, choice.pod, signal) : [];
  return new Failure({
    code: 'POD_NOT_READY',
    message: `Pod ${namespace}/${name} was not ready${waited}`,
    subject: name,
    hint: kubectl(kube, `describe pod ${name} -n ${namespace}`),
    details,
  });
}

function pastText(pod: Pod): string {
  return `pod ${pod.metadata.name} ${isTerminating(pod) ? 'is being deleted' : 'has completed'}`;
}

function selectorText(selector: TargetSelector): string {
  const { labelSelector, fieldSelector } = podQuery(selector);
  const images = typeof selector.image === 'string' ? [selector.image] : (selector.image ?? []);
  const parts = [
    ...(fieldSelector ? [`the name ${selector.pod}`] : []),
    ...(labelSelector ? [`the labels ${labelSelector}`] : []),
    ...(images.length > 0 ? [`the image ${images.join(' or ')}`] : []),
  ];
  return parts.length > 0 ? parts.join(' and ') : 'a running container';
}
