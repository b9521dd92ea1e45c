import { Failure, isFailure } from '../../base/failure.js';
import { parseImageReference } from '../../base/image-reference.js';
import { namespaceFailure } from '../../kube/api/namespace.js';
import { candidates, listPods, type Candidate } from '../../kube/select/candidates.js';
import type { Kube } from '../../kube/kube.js';
import type { Pod } from '../../kube/api/objects.js';
import { planPick, type Wanted } from '../../kube/select/pick-plan.js';
import { waitForTarget, type Target } from '../../kube/select/select.js';
import type { TargetSelector } from '../../kube/select/target-choice.js';
import { targetFailure } from '../../kube/select/target-failure.js';
import { canAsk } from '../ask.js';
import { askForTarget } from './ask-for-target.js';
import type { Invocation } from '../command.js';
import { labelFlag, numberFlag } from '../flags.js';
import { recallProject } from '../project/project-memory.js';

export type PickedTarget = Pick<Target, 'namespace' | 'pod' | 'container' | 'podObject'>;

/**
 * The container that `enter`, `attach`, `logs` and `sync` work on. With a pod or labels named, the one that they select, waited for until it runs (with
 * `anyState`: as it is, a crashed one too). Else the only one there is, else the only one that runs an image of the project one stands in, else
 * the user chooses; without a terminal to choose at, several are TARGET_AMBIGUOUS, several of one image (`--image-selector`) the newest with a warning.
 * `--pick` always lets choose, `--wait` waits also for what does not exist yet.
 */
export async function pickTarget(
  kube: Kube,
  invocation: Invocation,
  question: string,
  { anyState = false }: { anyState?: boolean } = {},
): Promise<PickedTarget> {
  const { emit, flags, signal } = invocation;
  const wanted: Wanted = {
    pod: flags.pod as string | undefined,
    labelSelector: labelFlag(flags.labelSelector),
    image: flags.imageSelector as string | undefined,
    container: flags.container as string | undefined,
  };
  const wait = (selector: TargetSelector): Promise<PickedTarget> =>
    waitFor(kube, selector, invocation, question);
  const pick = flags.pick === true;
  const isNamed = wanted.pod !== undefined || wanted.labelSelector !== undefined;
  if (isNamed && !anyState && !pick) return wait(wanted);

  const pods = await listPods(kube, wanted, signal);
  const isOurs = await ownership(invocation, pods, isNamed || wanted.image !== undefined);
  const plan = planPick(pods, wanted, { pick, anyState, isOurs });
  if (plan.kind === 'take') return plan.candidate;
  if (plan.kind === 'wait') return wait(plan.selector);
  if (plan.kind === 'nothing') {
    if (flags.wait === true) return wait(wanted);
    throw await nothingFits(kube, wanted, pods, invocation);
  }
  const [first] = plan.candidates;
  if (first !== undefined && plan.otherwise === 'first' && !canAsk(invocation)) {
    const text = `${plan.candidates.length} containers fit; using the newest, pod ${first.pod}`;
    emit({ type: 'warning', code: 'TARGET_AMBIGUOUS', text, hint: 'name one with --pod' });
    return first;
  }
  const chosen = await askForTarget(plan.candidates, invocation, question);
  return chosen.running || anyState ? chosen : wait({ ...wanted, ...chosen });
}

/** Waits for a container; where its pod has several and none is named, the user names one. */
async function waitFor(
  kube: Kube,
  selector: TargetSelector,
  invocation: Invocation,
  question: string,
): Promise<Target> {
  try {
    return await waitOnce(kube, selector, invocation);
  } catch (error) {
    if (!isFailure(error, 'CONTAINER_AMBIGUOUS') || !canAsk(invocation)) throw error;
    const pods = await listPods(kube, { ...selector, pod: error.subject }, invocation.signal);
    const choices = candidates(pods).filter(({ init, running }) => running || !init);
    if (choices.length === 0) throw error;
    const { pod, container } = await askForTarget(choices, invocation, question);
    return waitOnce(kube, { ...selector, pod, container }, invocation);
  }
}

async function waitOnce(
  kube: Kube,
  { pod, labelSelector, image, container }: TargetSelector,
  { emit, flags, signal }: Invocation,
): Promise<Target> {
  const timeoutMs = numberFlag('--timeout', flags.timeout) * 1000;
  const onWaiting = (text: string): void => emit({ type: 'waiting', id: 'target', text });
  try {
    return await waitForTarget(
      kube,
      { pod, labelSelector, image, container },
      { timeoutMs, signal, onWaiting, forAnything: flags.wait === true },
    );
  } finally {
    emit({ type: 'waited', id: 'target' });
  }
}

/** Tells what runs an image of the project, whatever its tag; without need nothing is looked up. */
async function ownership(
  invocation: Invocation,
  pods: readonly Pod[],
  isClear: boolean,
): Promise<(candidate: Candidate) => boolean> {
  if (isClear || pods.flatMap(({ spec }) => spec.containers).length < 2) return () => false;
  const { repositories } = await recallProject(invocation);
  return ({ container, podObject }) => {
    const image = podObject.spec.containers.find(({ name }) => name === container)?.image ?? '';
    return repositories.has(parseImageReference(image)?.repository ?? '');
  };
}

async function nothingFits(
  kube: Kube,
  wanted: Wanted,
  pods: readonly Pod[],
  invocation: Invocation,
): Promise<Failure> {
  const { namespace } = kube;
  const where = { kube, namespace, selector: wanted };
  const [pod] = pods;
  if (pod !== undefined && wanted.pod !== undefined) {
    const names = pod.spec.containers.map(({ name }) => name);
    return targetFailure(where, { kind: 'no-container', pod, names }, 0, invocation.signal);
  }
  if (wanted.pod !== undefined || wanted.labelSelector !== undefined)
    return targetFailure(where, { kind: 'none' }, 0, invocation.signal);
  const { lastContext: last } = await recallProject(invocation);
  const noNamespace = await namespaceFailure(kube, namespace, invocation.signal);
  const elsewhere =
    last?.context === kube.context && last.namespace !== undefined && last.namespace !== namespace;
  if (noNamespace && !elsewhere) return noNamespace;
  return new Failure({
    code: 'TARGET_NOT_FOUND',
    message: `There is no ${wanted.container === undefined ? 'pod' : `container "${wanted.container}"`} in namespace ${namespace} of context ${kube.context}`,
    subject: namespace,
    hint: elsewhere
      ? `this project was deployed to another namespace: --namespace ${last.namespace}`
      : `kubectl --context ${kube.context} --namespace ${namespace} get pods`,
  });
}
