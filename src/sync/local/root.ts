import { lstatSync, realpathSync, statSync } from 'node:fs';

import { Failure } from '../../base/failure.js';

/** The folder itself, where what is given may be relative or a link. Throws SYNC_LOCAL_PATH_MISSING when there is no such directory. */
export function resolveRoot(root: string): string {
  try {
    const resolved = realpathSync(root);
    if (!statSync(resolved).isDirectory()) throw new Error('it is not a directory');
    return resolved;
  } catch (error) {
    throw new Failure({
      code: 'SYNC_LOCAL_PATH_MISSING',
      message: `The local folder to sync, ${root}, is not there or is not a directory.`,
      subject: root,
      hint: `Create it (mkdir -p ${root}) or correct dev.sync[*].localSubPath.`,
      cause: error,
    });
  }
}

/** Tells directories of the same name apart; undefined: there is none. */
export function identify(root: string): string | undefined {
  const stats = statSync(root, { bigint: true, throwIfNoEntry: false });
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined;
}

/**
 * The same for one that may be a link and may be gone: undefined also when it cannot be reached any more, behind a loop of links, or a closed
 * directory, that came a moment ago. An inode alone may have been given away again.
 */
export function identifyInside(absolute: string): string | undefined {
  try {
    const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
    return stats && `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
  } catch {
    return undefined;
  }
}

export const rootVanished = (root: string, cause?: unknown): Failure =>
  new Failure({
    code: 'SYNC_ROOT_VANISHED',
    message: `The local folder ${root} is gone or was replaced. Sync stopped; nothing was deleted in the container.`,
    subject: root,
    hint: 'Restore the folder, then start again.',
    cause,
  });
