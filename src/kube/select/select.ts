import { setTimeout as delay } from 'node:timers/promises';
import type { Kube } from '../kube.js';
import type { Pod } from '../api/objects.js';
import { allContainerStatuses } from '../pods/pod-status.js';
import { chooseTarget, type Choice, type TargetSelector } from './target-choice.js';
import { targetFailure, waitingText } from './target-failure.js';

export { candidates, listPods, type Candidate } from './candidates.js';
export type { TargetSelector } from './target-choice.js';

/** A running container, as chosen. */
export interface Target {
  namespace: string;
  pod: string;
  container: string;
  /** Of the pod. */
  uid: string;
  /** Of this instance of the container: another one after a restart. */
  containerId: string;
  podObject: Pod;
}

export interface WaitOptions {
  /** Default 120 s. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told what is waited for, each time that changes. */
  onWaiting?: ((text: string) => void) | undefined;
  /** How long trouble that may pass (a crash, a pull that failed) is tolerated; default 20 s. */
  patienceMs?: number | undefined;
  /** How long to wait when an image is looked for and no pod uses it at all; default 30 s. */
  noPodMs?: number | undefined;
  /** Waits the whole time also for what is not there at all: a pod that was named, an image that no pod uses. */
  forAnything?: boolean | undefined;
}

/**
 * Waits on a watch until a container that matches runs; see chooseTarget for which one wins. Trouble such as CrashLoopBackOff fails only when it
 * stays (early restarts are usual) or cannot pass.
 *
 * Throws POD_FAILED (with cause, events and log in the details), POD_NOT_FOUND, POD_NOT_READY when time is over, CONTAINER_NOT_FOUND,
 * CONTAINER_AMBIGUOUS, CONTAINER_ENDED, the failures of the watch, and the signal's reason.
 */
export async function waitForTarget(
  kube: Kube,
  selector: TargetSelector,
  options: WaitOptions = {},
): Promise<Target> {
  const { timeoutMs = 120_000, patienceMs = 20_000, noPodMs = 30_000, forAnything = false } = options;
  const namespace = selector.namespace || kube.namespace;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const started = Date.now();
  const sets = kube.pods.follow(selector, signal);
  const runningSince = new Map<string, number>();
  const troubleSince = new Map<string, number>();
  let lastText = '';
  let pods: ReadonlyMap<string, Pod> = new Map();
  let next: ReturnType<typeof sets.next> | undefined;
  try {
    pods = (await sets.next()).value;
    for (;;) {
      const now = Date.now();
      noteRunning(pods, runningSince, now);
      const choice = chooseTarget(pods.values(), selector, now, (id) => now - (runningSince.get(id) ?? now));
      if (choice.kind === 'found') return targetOf(choice, namespace);
      const where = { kube, namespace, selector };
      let patience = timeoutMs;
      let from = started;
      if (choice.kind === 'none' && forAnything) patience = timeoutMs;
      else if (choice.kind === 'none' && selector.image !== undefined) patience = noPodMs;
      else if (choice.kind === 'none' && selector.pod !== undefined && selector.notContainerId === undefined)
        patience = 0;
      else if (choice.kind === 'no-container' || choice.kind === 'ambiguous' || choice.kind === 'over')
        patience = 0;
      else if (choice.kind === 'trouble') {
        const { uid } = choice.pod.metadata;
        from = troubleSince.get(uid) ?? now;
        troubleSince.set(uid, from);
        patience = choice.trouble.permanent ? 0 : patienceMs;
      }
      const deadline = Math.min(from + patience, started + timeoutMs);
      if (now >= deadline) throw await targetFailure(where, choice, now - started, options.signal);
      const text = waitingText(where, choice);
      if (text !== lastText) options.onWaiting?.((lastText = text));
      const recheckInMs = choice.kind === 'waiting' ? choice.recheckInMs : undefined;
      // Not before it is needed: a watch keeps the connection that whoever asked can use at once when the container already runs.
      next ??= sets.next();
      const changed = await within(next, Math.min(deadline - now, recheckInMs ?? Infinity));
      if (changed) {
        pods = changed.value;
        next = undefined;
      }
    }
  } finally {
    stop.abort();
    await sets.return(undefined as never).catch(() => {});
  }
}

/** Keeps since when each running container has been seen running. */
function noteRunning(pods: ReadonlyMap<string, Pod>, since: Map<string, number>, now: number): void {
  for (const pod of pods.values()) {
    for (const status of allContainerStatuses(pod)) {
      const id = status.containerID ?? '';
      if (status.state?.running && !since.has(id)) since.set(id, now);
    }
  }
}

/** What `promise` resolves to, or undefined when `ms` pass before. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, delay(ms, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

function targetOf(choice: Extract<Choice, { kind: 'found' }>, namespace: string): Target {
  const { pod, status } = choice;
  return {
    namespace: pod.metadata.namespace ?? namespace,
    pod: pod.metadata.name,
    container: status.name,
    uid: pod.metadata.uid,
    containerId: status.containerID ?? '',
    podObject: pod,
  };
}
