import { Failure, messageOf, systemCode } from '../base/failure.js';

/** Why a program could not be started: TOOL_NOT_FOUND or TOOL_NOT_STARTED. */
export function startFailure(command: string, cause: unknown, cwd: string | undefined): Failure {
  const missing = systemCode(cause) === 'ENOENT';
  const where = cwd === undefined ? '' : ` in ${cwd}`;
  return new Failure({
    code: missing ? 'TOOL_NOT_FOUND' : 'TOOL_NOT_STARTED',
    message: missing
      ? `"${command}" was not found (or the folder${where} does not exist)`
      : `"${command}" could not be started${where}: ${messageOf(cause)}`,
    subject: command,
    hint: missing
      ? `install ${command}, or check that it is on the PATH`
      : `check that ${command} may be run: ls -l`,
    cause,
  });
}
