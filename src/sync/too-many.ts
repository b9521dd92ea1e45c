import { Failure } from '../base/failure.js';

/** More than this makes no sense to sync file by file; it bounds the memory that whoever is in the container can make us use. */
const mostPaths = 2_000_000;

/** Throws SYNC_TOO_MANY_FILES. To be thrown to the endpoint that tells of entries, which then stops listening at once and fails with it. */
export function checkCount(count: number, most = mostPaths, root = ''): void {
  if (count <= most) return;
  throw new Failure({
    code: 'SYNC_TOO_MANY_FILES',
    message: `There are more than ${most.toLocaleString('en')} files and folders in ${root}. Sync stopped.`,
    subject: root,
    hint: 'Sync a smaller folder, or leave out what is generated: excludePaths: [node_modules/, "*.log"]',
  });
}
