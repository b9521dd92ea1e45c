import { Failure } from '../base/failure.js';

/** More than this makes no sense to sync file by file; it bounds the memory that whoever is in the container can make us use. */
export const mostPaths = 2_000_000;

export function tooManyFailure(root: string, most: number): Failure {
  return new Failure({
    code: 'SYNC_TOO_MANY_FILES',
    message: `There are more than ${most.toLocaleString('en')} files and folders in ${root}. Sync stopped.`,
    subject: root,
    hint: 'Sync a smaller folder, or leave out what is generated: excludePaths: [node_modules/, "*.log"]',
  });
}
