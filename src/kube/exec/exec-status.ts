import { parseStatus } from '../api/api-failure.js';
import type { Status } from '../api/objects.js';

/** How a remote command ended: with an exit code, or not run properly at all, in the server's words. */
export type ExecOutcome = { code: number } | { error: string };

/**
 * Reads the last message of an exec (channel 3): a Status. Undefined while `text` is not a whole Status yet. Source of the shape:
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
export function execOutcome(text: string): ExecOutcome | undefined {
  const status = parseStatus(text);
  if (status === undefined) return undefined;
  if (status.status === 'Success') return { code: 0 };
  const code = exitCode(status);
  return code === undefined
    ? { error: status.message ?? status.reason ?? 'failed without a message' }
    : { code };
}

/**
 * What a shell ends with when a command cannot be started: 127 when it is not there, 126 when it cannot be run; 1, as kubectl, when the message of the
 * container runtime speaks of something else.
 */
export function startExitCode(message: string): number {
  if (/executable file not found|no such file or directory/i.test(message)) return 127;
  return /permission denied|exec format error|is a directory/i.test(message) ? 126 : 1;
}

/** What matters of such a message: `exec: "x": executable file not found in $PATH`. The layers before it say only that they have failed, too. */
export function startFailureText(message: string): string {
  return (
    /unable to start container process: (?<why>.+?)(?:: unknown)?$/s.exec(message)?.groups?.why ?? message
  );
}

function exitCode(status: Status): number | undefined {
  if (status.reason !== 'NonZeroExitCode') return undefined;
  const text = status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
