import { Failure } from '../../base/failure.js';
import { runExec } from '../../kube/exec/exec.js';
import type { Kube } from '../../kube/kube.js';
import type { Emit } from '../../report/events.js';
import { RESTART_HELPER } from '../../sync/inject/restart-helper.js';

/** Exit code of `restart` when nothing in the container runs under the supervisor (helper/internal/supervise). */
const NO_SUPERVISOR = 3;

/**
 * Restarts the process of a container whose image was built with injectRestartHelper: the container itself stays. Throws SYNC_RESTART_FAILED: the
 * image does not have the helper, or the container was started past it.
 */
export async function restartProcess(
  kube: Kube,
  target: { namespace: string; pod: string; container: string },
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, pod, container } = target;
  const where = `container ${container} of pod ${pod}`;
  let result: { code: number; stderr: string };
  try {
    result = await runExec(kube, { namespace, pod, container, command: [RESTART_HELPER, 'restart'] }, signal);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'EXEC_FAILED') throw error;
    throw new Failure({
      code: 'SYNC_RESTART_FAILED',
      message: `The process in ${where} cannot be restarted: its image has no ${RESTART_HELPER}`,
      subject: pod,
      hint: 'set injectRestartHelper: true at its entry in images, and let devspace build it',
      cause: error,
    });
  }
  if (result.code === 0) {
    emit({ type: 'note', level: 'done', text: `Restarted the process in ${where}` });
    return;
  }
  const bypassed = result.code === NO_SUPERVISOR;
  throw new Failure({
    code: 'SYNC_RESTART_FAILED',
    message: bypassed
      ? `The process in ${where} cannot be restarted: it does not run under ${RESTART_HELPER}, because the pod's \`command:\` replaces the ENTRYPOINT of the image`
      : `The process in ${where} could not be restarted (exit code ${result.code})`,
    subject: pod,
    details: result.stderr.split('\n').filter((line) => line !== ''),
    ...(bypassed
      ? {
          hint: `remove \`command:\` from the manifest, or begin it with "${RESTART_HELPER}", "restart-supervisor", "--"`,
        }
      : {}),
  });
}
