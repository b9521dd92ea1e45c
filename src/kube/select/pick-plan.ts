import { candidates, type Candidate } from './candidates.js';
import type { Pod } from '../api/objects.js';
import { isOneOf, type TargetSelector } from './target-choice.js';

/** What a command was told about the container it is to work on. */
export interface Wanted {
  pod: string | undefined;
  labelSelector: Record<string, string> | undefined;
  /** As in TargetSelector. */
  image: string | undefined;
  container: string | undefined;
}

/** How to come to one container. */
export type PickPlan =
  | { kind: 'take'; candidate: Candidate }
  /** Someone has to choose; where nobody can, the first will do, or none. */
  | { kind: 'ask'; candidates: readonly Candidate[]; otherwise: 'fail' | 'first' }
  /** Nothing that fits runs yet. */
  | { kind: 'wait'; selector: TargetSelector }
  | { kind: 'nothing' };

export interface PickRules {
  /** `--pick`: always ask, among all that fit. */
  pick: boolean;
  /** A container that does not run will do. */
  anyState: boolean;
  /** Whether a container is preferred, since it is the project's own. */
  isOurs: (candidate: Candidate) => boolean;
}

/**
 * Chooses from the pods that name and labels match, newest first. A named pod and labels leave the choice to the wait for it (the newest running pod).
 * An image that several containers run, and several containers when nothing was named, are a matter of asking. Containers that prepare a pod are offered
 * when they were named, with `--pick`, or while nothing else runs.
 */
export function planPick(pods: readonly Pod[], wanted: Wanted, rules: PickRules): PickPlan {
  const { anyState, pick } = rules;
  const isNamed = wanted.pod !== undefined || wanted.labelSelector !== undefined;
  if (isNamed && !pick && !anyState) return { kind: 'wait', selector: wanted };
  const fitting = candidates(pods).filter((one) => fits(one, wanted));
  const usable = anyState ? fitting : fitting.filter(({ running }) => running);
  if (pick && usable.length > 0) return { kind: 'ask', candidates: usable, otherwise: 'fail' };

  const mains = usable.filter((one) => wanted.container !== undefined || isMain(one));
  const [newest] = mains;
  if (newest === undefined) return withoutRunning(fitting, usable, wanted);
  if (wanted.labelSelector !== undefined) {
    // Of a crashed and a running pod the running one is meant.
    const best = mains.find(({ running }) => running) ?? newest;
    return oneOf(mains.filter(({ pod }) => pod === best.pod));
  }
  if (wanted.image !== undefined && !isNamed) return oneOf(mains, 'first');
  if (mains.length === 1) return { kind: 'take', candidate: newest };
  const ours = isNamed ? [] : mains.filter((one) => rules.isOurs(one));
  return oneOf(ours.length > 0 ? ours : mains);
}

function oneOf(found: readonly Candidate[], otherwise: 'fail' | 'first' = 'fail'): PickPlan {
  const [first] = found;
  if (first === undefined) return { kind: 'nothing' };
  return found.length === 1
    ? { kind: 'take', candidate: first }
    : { kind: 'ask', candidates: found, otherwise };
}

/** While nothing but init containers runs, a person may want to look into those; else it is waited for the newest container. */
function withoutRunning(
  fitting: readonly Candidate[],
  running: readonly Candidate[],
  wanted: Wanted,
): PickPlan {
  const coming = fitting.filter(({ init }) => !init);
  const [newest] = coming;
  if (running.length > 0) return { kind: 'ask', candidates: [...running, ...coming], otherwise: 'first' };
  if (newest !== undefined)
    return { kind: 'wait', selector: { ...wanted, pod: newest.pod, container: newest.container } };
  return wanted.image === undefined ? { kind: 'nothing' } : { kind: 'wait', selector: wanted };
}

function fits({ container, init, podObject }: Candidate, wanted: Wanted): boolean {
  if (wanted.container !== undefined && container !== wanted.container) return false;
  if (wanted.image === undefined) return true;
  const spec = podObject.spec.containers.find(({ name }) => name === container);
  return !init && spec !== undefined && isOneOf(spec, [wanted.image]);
}

/** Not for preparation only, and where the pod says which of its containers is the main one, that one. */
function isMain({ container, init, podObject }: Candidate): boolean {
  const main = podObject.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  return !init && (main === undefined || main === container);
}
