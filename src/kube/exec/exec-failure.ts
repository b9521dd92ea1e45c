import { Failure } from '../../base/failure.js';
import { startExitCode, startFailureText } from './exec-status.js';

/** EXEC_FAILED: the container runtime could not run the command, in its own words. Ends the process as a shell would. */
export function execFailed(what: string, message: string): Failure {
  return new Failure({
    code: 'EXEC_FAILED',
    message: `Cannot run ${what}: ${startFailureText(message)}`,
    subject: what,
    hint: 'Check that the container has this program, or name another one',
    exitCode: startExitCode(message),
  });
}

/** STREAM_LOST: the stream ended and nobody knows how the command did. */
export function endedWithoutCode(what: string, error: Failure | undefined): Failure {
  return new Failure({
    code: 'STREAM_LOST',
    message: `The stream to ${what} ended without an exit code${error ? `: ${error.message}` : ''}`,
    subject: what,
    hint: error?.hint ?? 'Check whether the pod still runs: kubectl get pods',
    cause: error,
  });
}
