import { mappingsOf } from '../dev/forwards.js';
import { runServices } from '../dev/services.js';
import { checkPortsFree } from '../kube/forward/forward.js';
import { keepRunRecord, thisRun } from '../state/run-record.js';
import type { CommandHandler } from './command.js';
import { dangerAnswer } from './danger-answer.js';
import { devTerminal } from './dev-terminal.js';
import { helperDir } from './helper-dir.js';
import { numberFlag } from './flags.js';
import { interactiveMode } from './interactive-mode.js';
import { openKube } from './open-kube.js';
import { openProject } from './open-project.js';
import { runPipeline } from './pipeline.js';

/**
 * `devspace dev`: the pipeline, then the services until Ctrl-C. Ended by the user once it is ready, it ends with 0; interactively it ends with its
 * terminal, and with that one's exit code.
 */
export const run: CommandHandler = async (invocation) => {
  const { emit, flags, log, signal } = invocation;
  const started = performance.now();
  const timeoutMs = numberFlag('--timeout', flags.timeout, 1) * 1000;
  const project = await openProject(invocation);
  const interactive = await interactiveMode(invocation, project.config);
  const config = interactive?.config ?? project.config;
  const { root } = project;
  using kube = await openKube(invocation);
  const ports = flags.portforwarding !== false;
  // A taken port is told before anything is built or deployed.
  if (ports && flags.exitAfterDeploy !== true)
    await checkPortsFree((config.dev?.ports ?? []).flatMap(mappingsOf));

  const images = await runPipeline(invocation, { ...project, config }, kube, { dev: true });
  if (flags.exitAfterDeploy === true) return 0;

  const identity = thisRun({ context: kube.context, folder: root, namespace: kube.namespace });
  await using record = await keepRunRecord(identity);
  const refs = new Map([...images].map(([name, { ref }]) => [name, ref]));
  await using terminal =
    interactive && (await devTerminal(invocation, kube, { plan: interactive, refs, root, timeoutMs }));
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
  if (!ready) signal.throwIfAborted();
  return code;
};
