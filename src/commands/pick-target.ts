import { Failure } from '../base/failure.js';
import type { Kube } from '../kube/kubeconfig.js';
import { candidates, listPods, type Candidate } from '../kube/candidates.js';
import { waitForTarget, type Target } from '../kube/select.js';
import type { Invocation } from './command.js';
import { labelFlag, numberFlag } from './open-project.js';

export type PickedTarget = Pick<Target, 'namespace' | 'pod' | 'container'>;

/**
 * The container that `enter`, `logs` and `sync` work on: the one that the flags select; without flags the only one there is; else the user
 * chooses. Without a terminal to choose at, several are TARGET_AMBIGUOUS.
 */
export async function pickTarget(
  kube: Kube,
  invocation: Invocation,
  question: string,
  { anyState = false }: { anyState?: boolean } = {},
): Promise<PickedTarget> {
  const { flags, signal } = invocation;
  const pod = flags.pod as string | undefined;
  const container = flags.container as string | undefined;
  const labelSelector = labelFlag(flags.labelSelector);
  if (!flags.pick && (pod !== undefined || labelSelector !== undefined)) {
    if (anyState)
      return pickAmong(
        kube,
        await candidatesOf(kube, { labelSelector, pod, container }, signal),
        invocation,
        question,
      );
    return waitFor(kube, { pod, labelSelector, container }, invocation);
  }
  const all = await candidatesOf(kube, { container }, signal);
  const eligible = anyState ? all : all.filter(({ running }) => running);
  return pickAmong(kube, eligible, invocation, question);
}

async function waitFor(
  kube: Kube,
  selector: {
    pod: string | undefined;
    labelSelector: Record<string, string> | undefined;
    container: string | undefined;
  },
  { emit, flags, signal }: Invocation,
): Promise<Target> {
  const timeoutMs = numberFlag('--timeout', flags.timeout) * 1000;
  try {
    return await waitForTarget(kube, selector, {
      timeoutMs,
      signal,
      onWaiting: (text) => emit({ type: 'waiting', id: 'target', text }),
    });
  } finally {
    emit({ type: 'waited', id: 'target' });
  }
}

async function candidatesOf(
  kube: Kube,
  selector: {
    pod?: string | undefined;
    labelSelector?: Record<string, string> | undefined;
    container?: string | undefined;
  },
  signal: AbortSignal,
): Promise<Candidate[]> {
  const pods = await listPods(kube, { labelSelector: selector.labelSelector }, signal);
  const named =
    selector.pod === undefined ? pods : pods.filter(({ metadata }) => metadata.name === selector.pod);
  return candidates(named).filter(({ container, init }) =>
    selector.container === undefined ? !init : container === selector.container,
  );
}

async function pickAmong(
  kube: Kube,
  found: readonly Candidate[],
  invocation: Invocation,
  question: string,
): Promise<PickedTarget> {
  const [first, ...others] = found;
  if (first === undefined) {
    throw new Failure({
      code: 'TARGET_NOT_FOUND',
      message: `No container that fits was found in namespace ${kube.namespace} of context ${kube.context}`,
      hint: `kubectl --context ${kube.context} --namespace ${kube.namespace} get pods`,
    });
  }
  if (others.length === 0) return first;
  const { stdin, stderr, flags, signal } = invocation;
  if (!stdin.isTTY || !stderr.isTTY || flags.silent === true) {
    throw new Failure({
      code: 'TARGET_AMBIGUOUS',
      message: `${found.length} containers are there to choose from, and no terminal to ask at`,
      details: found
        .slice(0, 20)
        .map(({ pod, container, status }) => `--pod ${pod} -c ${container}   (${status})`),
      hint: 'name one with --pod and -c, or with --label-selector',
    });
  }
  const { createPromptModule } = (await import('inquirer')).default;
  const ask = createPromptModule({ output: stderr, signal });
  const { chosen } = await ask<{ chosen: Candidate }>([
    {
      type: 'select',
      name: 'chosen',
      message: question,
      choices: found.map((candidate) => ({
        value: candidate,
        name: `${candidate.init ? 'Init: ' : ''}${candidate.pod} ${candidate.container} (${candidate.status})`,
      })),
    },
  ]);
  return chosen;
}
