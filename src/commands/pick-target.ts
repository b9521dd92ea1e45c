import { Failure } from '../base/failure.js';
import { parseImageReference } from '../base/image-reference.js';
import { candidates, listPods, type Candidate } from '../kube/candidates.js';
import type { Kube } from '../kube/kubeconfig.js';
import type { Pod } from '../kube/objects.js';
import { waitForTarget, type Target } from '../kube/select.js';
import { targetFailure } from '../kube/target-failure.js';
import { askForTarget } from './ask-for-target.js';
import type { Invocation } from './command.js';
import { labelFlag, numberFlag } from './flags.js';
import { recallProject } from './project-memory.js';

export type PickedTarget = Pick<Target, 'namespace' | 'pod' | 'container'>;

interface Wanted {
  pod: string | undefined;
  labelSelector: Record<string, string> | undefined;
  container: string | undefined;
}

/**
 * The container that `enter`, `logs` and `sync` work on. With a pod or labels named, the one that they select, waited for until it runs (with
 * `anyState`: as it is, a crashed one too). Else the only one there is, else the only one that runs an image of the project one stands in, else
 * the user chooses; without a terminal to choose at, several are TARGET_AMBIGUOUS. `--pick` always lets choose, among all.
 */
export async function pickTarget(
  kube: Kube,
  invocation: Invocation,
  question: string,
  { anyState = false }: { anyState?: boolean } = {},
): Promise<PickedTarget> {
  const { flags, signal } = invocation;
  const pick = flags.pick === true;
  const timeoutMs = numberFlag('--timeout', flags.timeout) * 1000;
  const wanted: Wanted = {
    pod: flags.pod as string | undefined,
    labelSelector: labelFlag(flags.labelSelector),
    container: flags.container as string | undefined,
  };
  const isNamed = wanted.pod !== undefined || wanted.labelSelector !== undefined;
  if (isNamed && !anyState && !pick) return waitFor(kube, wanted, timeoutMs, invocation);

  const pods = await listPods(kube, wanted, signal);
  const fitting = candidates(pods).filter(({ container, init }) =>
    wanted.container === undefined ? !init : container === wanted.container,
  );
  const [newest] = fitting;
  if (newest === undefined) throw await nothingFits(kube, wanted, pods, invocation);
  const usable = anyState ? fitting : fitting.filter(({ running }) => running);
  // Nothing runs yet, or any more: waiting tells why.
  if (usable.length === 0) return waitFor(kube, { ...wanted, ...newest }, timeoutMs, invocation);
  if (pick) return askForTarget(usable, invocation, question);
  const ours = usable.length > 1 && !isNamed ? await ofProject(usable, pods, invocation) : [];
  const [first = newest, ...others] = ours.length > 0 ? ours : usable;
  return others.length === 0 ? first : askForTarget([first, ...others], invocation, question);
}

async function waitFor(
  kube: Kube,
  wanted: Wanted,
  timeoutMs: number,
  { emit, signal }: Invocation,
): Promise<Target> {
  const { pod, labelSelector, container } = wanted;
  try {
    return await waitForTarget(
      kube,
      { pod, labelSelector, container },
      { timeoutMs, signal, onWaiting: (text) => emit({ type: 'waiting', id: 'target', text }) },
    );
  } finally {
    emit({ type: 'waited', id: 'target' });
  }
}

/** Those that run an image of the project, whatever its tag. */
async function ofProject(
  found: readonly Candidate[],
  pods: readonly Pod[],
  invocation: Invocation,
): Promise<Candidate[]> {
  const { repositories } = await recallProject(invocation);
  if (repositories.size === 0) return [];
  const imageOf = ({ pod, container }: Candidate): string =>
    pods.find(({ metadata }) => metadata.name === pod)?.spec.containers.find(({ name }) => name === container)
      ?.image ?? '';
  return found.filter((one) => repositories.has(parseImageReference(imageOf(one))?.repository ?? ''));
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
  const elsewhere =
    last?.context === kube.context && last.namespace !== undefined && last.namespace !== namespace;
  return new Failure({
    code: 'TARGET_NOT_FOUND',
    message: `There is no ${wanted.container === undefined ? 'pod' : `container "${wanted.container}"`} in namespace ${namespace} of context ${kube.context}`,
    subject: namespace,
    hint: elsewhere
      ? `this project was deployed to another namespace: --namespace ${last.namespace}`
      : `kubectl --context ${kube.context} --namespace ${namespace} get pods`,
  });
}
