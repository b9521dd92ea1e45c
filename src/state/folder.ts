import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, messageOf, systemCode } from '../base/failure.js';

export const STATE_FOLDER = '.devspace';

/**
 * The folder for what devspace remembers of the project in `root`, created when it is missing, with a .gitignore so that nobody commits it. An
 * existing folder is left as it is. Returns its absolute path. Failure: STATE_NOT_WRITTEN.
 */
export async function stateFolder(root: string): Promise<string> {
  const folder = join(root, STATE_FOLDER);
  try {
    await mkdir(folder);
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw notWritten(folder, error);
  }
  return folder;
}

/** What a system's error while writing state means for the user. */
export function notWritten(path: string, cause: unknown): Failure {
  return new Failure({
    code: 'STATE_NOT_WRITTEN',
    message: `${path} could not be written: ${messageOf(cause)}`,
    subject: path,
    hint: `check the permissions and the free space: ls -ld ${path}`,
    cause,
  });
}

/** The same for reading. */
export function notRead(path: string, cause: unknown): Failure {
  return new Failure({
    code: 'STATE_NOT_READ',
    message: `${path} could not be read: ${messageOf(cause)}`,
    subject: path,
    hint: `check its permissions: ls -l ${path}`,
    cause,
  });
}
