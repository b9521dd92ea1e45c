import { Closing } from '../../base/closing.js';
import { isFailure } from '../../base/failure.js';
import { formatMs } from '../../base/format.js';
import type { Config } from '../../config/schema.js';
import { withFreePorts } from '../../dev/run/beside-ports.js';
import type { ImageRefs } from '../../dev/images/built-images.js';
import { mappingsOf } from '../../dev/ports/port-plan.js';
import { withOverriddenImages } from '../../dev/images/override-images.js';
import { runServices } from '../../dev/run/services.js';
import type { BuiltImage } from '../../images/request.js';
import { checkPortsFree } from '../../kube/forward/forward.js';
import { findFreePort } from '../../kube/forward/local-port.js';
import type { Kube } from '../../kube/kube.js';
import { guardNetwork } from '../../kube/network/network-guard.js';
import { keepRunRecord, thisRun } from '../../state/run-record.js';
import { claimRun, type Claim } from './claim-run.js';
import type { CommandHandler, Invocation } from '../command.js';
import { dangerAnswer } from '../sync/danger-answer.js';
import { devTerminal } from './dev-terminal.js';
import { helperDir } from '../helper-dir.js';
import { numberFlag } from '../flags.js';
import { interactiveMode } from './interactive-mode.js';
import { openKube } from '../open-kube.js';
import { openProject, type OpenProject } from '../project/open-project.js';
import { runPipeline } from './pipeline.js';

/**
 * `devspace dev`: the pipeline, then the services until Ctrl-C. Ended by the user once it is ready, it ends with 0; interactively it ends with its
 * terminal, and with that one's exit code.
 */
export const run: CommandHandler = async (invocation) => {
  const { emit, flags, log } = invocation;
  const started = performance.now();
  const timeoutMs = numberFlag('--timeout', flags.timeout, 1) * 1000;
  const project = await openProject(invocation);
  const overridden = withOverriddenImages(project.config);
  const interactive = await interactiveMode(invocation, overridden);
  const wanted = { ...project, config: interactive?.config ?? overridden };
  const { root } = project;
  using kube = await openKube(invocation);
  if (flags.exitAfterDeploy === true) {
    await runPipeline(invocation, wanted, kube, { dev: true });
    return 0;
  }
  await using closing = new Closing();
  const identity = thisRun({ context: kube.context, folder: root, namespace: kube.namespace });
  const claim = closing.use(await claimRun(invocation, kube, wanted.config, identity));
  const record = closing.use(await keepRunRecord(identity));
  const { signal } = claim;
  const ports = flags.portforwarding !== false;
  // A taken port is told before anything is built or deployed.
  const config = ports ? await checkPorts(invocation, wanted.config, claim) : wanted.config;
  const guard = (): void => void closing.use(guardRun(invocation, kube, claim));
  const isHeld = claim.lease !== undefined;
  if (isHeld) guard();
  const pipelineFlags = claim.beside ? { ...flags, skipPipeline: true } : flags;
  const images = await runPipeline({ ...invocation, flags: pipelineFlags, signal }, wanted, kube, {
    dev: true,
  });
  await claim.settle();
  if (!isHeld) guard();

  const refs = claim.beside ? anyTags(config) : refsOf(images);
  await using terminal =
    interactive &&
    (await devTerminal({ ...invocation, signal }, kube, { plan: interactive, refs, root, timeoutMs }));
  let ready = false;
  const code = await runServices(kube, {
    config,
    root,
    helperDir: helperDir(),
    refs,
    ports,
    sync: flags.sync !== false,
    confirm: terminal ? terminal.confirm(dangerAnswer(invocation)) : dangerAnswer(invocation),
    open: flags.open !== false,
    record,
    timeoutMs,
    emit: terminal?.emit ?? emit,
    log,
    signal,
    terminal: terminal?.run,
    onReady: () => {
      ready = true;
      emit({ type: 'ready', ms: performance.now() - started, ...(terminal ? { terminal: true } : {}) });
    },
  });
  // Taken over: not what the user of this one wanted.
  if (!ready || isFailure(signal.reason)) signal.throwIfAborted();
  return code;
};

async function checkPorts(
  { emit }: Invocation,
  config: OpenProject['config'],
  claim: Claim,
): Promise<Config> {
  const check = async (mappings: Parameters<typeof checkPortsFree>[0]): Promise<void> => {
    for (const { code, hint, message, subject } of await checkPortsFree(mappings))
      emit({ type: 'warning', code, text: message, ...(subject && { subject }), ...(hint && { hint }) });
  };
  if (claim.beside)
    return withFreePorts(config, { check: (port) => check([port]), findFree: findFreePort }, emit);
  await check((config.dev?.ports ?? []).flatMap(mappingsOf));
  return config;
}

const refsOf = (images: ReadonlyMap<string, BuiltImage>): ImageRefs =>
  new Map([...images].map(([name, { ref }]) => [name, ref]));

/** What the other run has deployed has tags that only that one knows. */
const anyTags = ({ images = {} }: Config): ImageRefs =>
  new Map(Object.entries(images).map(([name, { image }]) => [name, image]));

function guardRun({ emit }: Invocation, kube: Kube, { lease }: Claim): AsyncDisposable {
  return guardNetwork(kube, {
    path: lease?.watchPath,
    onEvent: (text) => lease?.heard(text),
    onAgain: () => lease?.look(),
    onUnheard: () => lease?.listen(),
    onSlept: (ms) => emit({ type: 'note', level: 'info', text: `This machine slept for ${formatMs(ms)}` }),
  });
}
