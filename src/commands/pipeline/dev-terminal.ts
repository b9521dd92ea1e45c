import { selectorFor, type ImageRefs } from '../../dev/images/built-images.js';
import { HeldEvents } from '../../dev/terminal/held-events.js';
import type { InteractivePlan } from '../../dev/terminal/interactive-plan.js';
import type { ConfirmDanger } from '../../dev/sync/keep-in-sync.js';
import { runTerminal, type TerminalTarget } from '../../dev/terminal/terminal.js';
import { waitForPod } from '../../dev/run/wait-for-pod.js';
import { isFailure } from '../../base/failure.js';
import { settleable } from '../../base/settleable.js';
import { candidates, listPods, type Candidate } from '../../kube/select/candidates.js';
import type { Kube } from '../../kube/kube.js';
import { isOneOf } from '../../kube/select/target-choice.js';
import type { Emit } from '../../report/events.js';
import { openLogFile } from '../../state/log-file.js';
import { canAsk } from '../ask.js';
import { askForTarget } from '../container/ask-for-target.js';
import type { Invocation } from '../command.js';
import { reconnectAnswer } from '../container/reconnect-answer.js';

export interface DevTerminalOptions {
  plan: InteractivePlan;
  refs: ImageRefs;
  root: string;
  timeoutMs: number;
}

/** The terminal of a dev run and what it takes to keep the rest of the run out of its way. Whoever makes it disposes it. */
export interface DevTerminal extends AsyncDisposable {
  /** As the services want it: resolves to the exit code. */
  run: (signal: AbortSignal, emit: Emit) => Promise<number>;
  /** For all other output of the run. */
  emit: Emit;
  /** Questions wait until the terminal is over; then the answer is the one that does nothing. */
  confirm: (answer: ConfirmDanger | undefined) => ConfirmDanger | undefined;
}

/** Failures of the log: STATE_NOT_WRITTEN. */
export async function devTerminal(
  invocation: Invocation,
  kube: Kube,
  { plan, refs, root, timeoutMs }: DevTerminalOptions,
): Promise<DevTerminal> {
  const { flags, stderr, stdin, stdout } = invocation;
  const log = await openLogFile(root, 'dev');
  const held = new HeldEvents(invocation.emit, log);
  let isOpen = false;
  const over = settleable<undefined>();
  const run: DevTerminal['run'] = async (signal, emit) => {
    isOpen = true;
    try {
      const target = await findTarget({ ...invocation, signal }, kube, plan, refs, {
        timeoutMs,
        emit,
        signal,
      });
      warnAboutCommand(target, plan, refs, emit);
      const about = { service: 'terminal', name: plan.command[0] ?? 'shell' } as const;
      const options = {
        target,
        command: plan.command,
        workdir: plan.workDir,
        reconnect: reconnectAnswer(invocation, flags.terminalReconnect === true),
        quiet: () => held.hold(),
        onTarget: ({ container, namespace, pod }: TerminalTarget) =>
          emit({ type: 'service', ...about, state: 'working', namespace, pod, container }),
        timeoutMs,
        emit,
        stdin,
        stdout,
        stderr,
      };
      try {
        return await runTerminal(kube, options, signal);
      } finally {
        emit({ type: 'service', ...about, state: 'ended' });
      }
    } finally {
      over.resolve(undefined);
    }
  };
  const confirm: DevTerminal['confirm'] = (answer) =>
    answer &&
    (async (danger, folders) => {
      if (!isOpen) return answer(danger, folders);
      const text = `Sync of ${folders} has stopped: files that are gone on one side are not deleted on the other without an answer`;
      held.emit({ type: 'warning', code: 'SYNC_WAITS', text, hint: 'leave the terminal, and start again' });
      await over.promise;
      return 'stop';
    });
  return { run, emit: held.emit, confirm, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() };
}

/** The newest running container that fits; where several run at the same time, the user chooses. */
async function findTarget(
  invocation: Invocation,
  kube: Kube,
  { images, terminal }: InteractivePlan,
  refs: ImageRefs,
  wait: Parameters<typeof waitForPod>[3],
): Promise<TerminalTarget> {
  const selectors =
    images.length > 0
      ? images.map((imageName) => selectorFor({ ...terminal, imageName }, refs))
      : [selectorFor(terminal, refs)];
  const found: TerminalTarget[] = [];
  const question = 'Which container do you want a terminal in?';
  for (const selector of selectors) {
    try {
      found.push(await waitForPod(kube, selector, 'terminal', wait));
    } catch (error) {
      if (!isFailure(error, 'CONTAINER_AMBIGUOUS') || !canAsk(invocation)) throw error;
      const pods = await listPods(kube, { ...selector, pod: error.subject }, wait.signal);
      const running = candidates(pods).filter((one) => one.running);
      found.push(await askForTarget(running, invocation, question));
    }
  }
  const [first] = found;
  const refsOf = selectors.flatMap((selector) => selector.images ?? []);
  if (first === undefined || refsOf.length === 0 || !canAsk(invocation)) return first!;
  const pods = await listPods(kube, { namespace: terminal.namespace, labelSelector: terminal.labelSelector });
  const running = candidates(pods).filter(
    (one) =>
      one.running && (terminal.containerName ?? one.container) === one.container && runsOne(one, refsOf),
  );
  return running.length > 1 ? askForTarget(running, invocation, question) : first;
}

function runsOne({ container, init, podObject }: Candidate, refs: readonly string[]): boolean {
  const spec = podObject.spec.containers.find(({ name }) => name === container);
  return !init && spec !== undefined && isOneOf(spec, refs);
}

/** A pod's own `command` wins over what the image would start with. */
function warnAboutCommand(
  { container, pod, podObject }: TerminalTarget,
  { overridden }: InteractivePlan,
  refs: ImageRefs,
  emit: Emit,
): void {
  const spec = podObject.spec.containers.find(({ name }) => name === container);
  const isOverridden = overridden.some((name) => refs.get(name) === spec?.image);
  if (!isOverridden || !spec?.command?.length) return;
  emit({
    type: 'warning',
    code: 'ENTRYPOINT_WITHOUT_EFFECT',
    text: `Container ${container} of pod ${pod} has a \`command\` of its own, so it does not start as dev.interactive says`,
    hint: `remove \`command\` from its manifest, as long as it is: ${spec.command.join(' ')}`,
  });
}
