import { Failure, messageOf, systemCode } from '../base/failure.js';
import { visible } from '../base/text-table.js';

/** Why one path could not be synced. These never end a session. */
export type FileFailureCode =
  | 'SYNC_FILE_CHANGED'
  | 'SYNC_FILE_MISSING'
  | 'SYNC_PERMISSION'
  | 'SYNC_NO_SPACE'
  | 'SYNC_DIR_NOT_EMPTY'
  | 'SYNC_DIR_IN_THE_WAY'
  | 'SYNC_WRONG_KIND'
  | 'SYNC_UNSAFE_PATH'
  | 'SYNC_CANCELLED'
  | 'SYNC_CONTENT_MISMATCH'
  | 'SYNC_FILE_FAILED';

const hints: Partial<Record<FileFailureCode, string>> = {
  SYNC_PERMISSION: 'Change its permissions, or add it to excludePaths.',
  SYNC_NO_SPACE: 'Free some disk space; it is tried again every few seconds.',
  SYNC_DIR_IN_THE_WAY: 'Remove that directory, or what keeps it there.',
  SYNC_FILE_CHANGED: 'When it need not be synced, add it to excludePaths.',
  SYNC_UNSAFE_PATH:
    'A directory above it is a symlink: add it to excludePaths or replace the link by a directory.',
};

export function fileFailure(code: FileFailureCode, path: string, message: string, cause?: unknown): Failure {
  return new Failure({ code, message: visible(message), subject: path, hint: hints[code], cause });
}

/** The helper's FAILED codes (docs/sync-protocol.md). */
const remoteCodes: readonly FileFailureCode[] = [
  'SYNC_FILE_FAILED',
  'SYNC_FILE_CHANGED',
  'SYNC_FILE_MISSING',
  'SYNC_PERMISSION',
  'SYNC_NO_SPACE',
  'SYNC_DIR_NOT_EMPTY',
  'SYNC_WRONG_KIND',
  'SYNC_UNSAFE_PATH',
  'SYNC_CANCELLED',
  'SYNC_CONTENT_MISMATCH',
  'SYNC_FILE_FAILED',
];

/** `message` is the helper's, which begins with the path. */
export function remoteFailure(code: number, path: string, message: string): Failure {
  const name = remoteCodes[code] ?? 'SYNC_FILE_FAILED';
  return fileFailure(name, path, `In the container: ${message}.`);
}

const systemCodes: Record<string, FileFailureCode> = {
  ENOENT: 'SYNC_FILE_CHANGED',
  ENOTDIR: 'SYNC_FILE_CHANGED',
  ELOOP: 'SYNC_FILE_CHANGED',
  EACCES: 'SYNC_PERMISSION',
  EPERM: 'SYNC_PERMISSION',
  EROFS: 'SYNC_PERMISSION',
  ENOSPC: 'SYNC_NO_SPACE',
  EDQUOT: 'SYNC_NO_SPACE',
  ENOTEMPTY: 'SYNC_DIR_NOT_EMPTY',
  EEXIST: 'SYNC_FILE_CHANGED',
  EISDIR: 'SYNC_WRONG_KIND',
};

/** In the words in which the container says it. */
const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
};

/** Turns what Node threw while working on a local path into a Failure; a Failure stays what it is. */
export function localFailure(error: unknown, path: string): Failure {
  if (error instanceof Failure) return error;
  const found = systemCode(error) ?? '';
  const code = systemCodes[found] ?? 'SYNC_FILE_FAILED';
  return fileFailure(code, path, `Here: ${path}: ${reasons[found] ?? messageOf(error)}.`, error);
}

export const changedFailure = (path: string): Failure =>
  fileFailure('SYNC_FILE_CHANGED', path, `${path} changed while it was synced.`);

/** The same for one that never rests. */
export const restlessFailure = (path: string): Failure =>
  fileFailure(
    'SYNC_FILE_CHANGED',
    path,
    `${path} keeps changing; it is copied as soon as it rests for a moment.`,
  );
