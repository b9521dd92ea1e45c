import { setTimeout as delay } from 'node:timers/promises';

import { Failure, messageOf } from '../../base/failure.js';
import type { ProcessStream } from '../../base/process-stream.js';

const nameFolder =
  'Name a folder that is there (containerPath of this dev.sync entry, --container-path of devspace sync)';

/**
 * A folder in the container, unless it must not be synced whoever asks: the root of its file system, which is the working directory of many images, and what
 * the kernel makes up. Their download never ends, and what is deleted here would be deleted there. Throws SYNC_PATH_REFUSED.
 */
export function allowedRoot(root: string): string {
  const isKernels = /^\/(?:proc|sys)(?:\/|$)/.test(root);
  if (root !== '/' && !isKernels) return root;
  const what = isKernels ? 'what its kernel makes up' : 'its whole file system';
  throw new Failure({
    code: 'SYNC_PATH_REFUSED',
    message: `The folder to sync in the container is ${root}, ${what}. Nothing was synced.`,
    subject: root,
    hint: `${nameFolder}; without one it is the working directory of the container`,
  });
}

/** What the helper's FATAL codes mean to the user (docs/sync-protocol.md). */
export function fatalFailure(code: number, text: string, root: string): Failure {
  switch (code) {
    case 1:
    case 2:
      return new Failure({
        code: 'SYNC_PATH_MISSING',
        message:
          code === 1
            ? `The folder to sync, ${root}, does not exist in the container.`
            : `${root} in the container is not a folder.`,
        subject: root,
        hint: `${nameFolder}, or create it in the image: RUN mkdir -p ${root}`,
      });
    case 3:
      return new Failure({
        code: 'SYNC_ROOT_VANISHED',
        message: `The folder ${root} in the container is gone or was replaced. Sync stopped; no local file was deleted.`,
        subject: root,
        hint: 'Create it again, then start again.',
      });
    case 4:
      return new Failure({
        code: 'SYNC_PATH_DENIED',
        message: `The user of the container may not read ${root}: ${text}.`,
        subject: root,
        hint: `Give that user the folder in the image: RUN chown -R <user> ${root}`,
      });
    case 5:
      return new Failure({
        code: 'SYNC_PROTOCOL',
        message: `The sync helper did not understand what it was sent: ${text}.`,
        hint: 'Run the command again; if this repeats, it is a bug in devspace.',
      });
    default:
      return new Failure({
        code: 'SYNC_HELPER_FAILED',
        message: `The sync helper gave up: ${text}.`,
        hint: 'Look at the container: devspace enter',
      });
  }
}

/** Why the stream to the helper has ended: how its process did, when that is known within the time. */
export function whyLost(process: ProcessStream, withinMs: number, cause?: unknown) {
  return Promise.race([
    process.exit.then(
      (code) => ({ why: `the helper ended with exit code ${code}`, cause }),
      (error: unknown) => ({ why: messageOf(error), cause: error }),
    ),
    delay(withinMs, { why: 'the stream broke', cause }, { ref: false }),
  ]);
}

export function lostFailure(why: string, errors: string, cause?: unknown): Failure {
  return new Failure({
    code: 'SYNC_STREAM_LOST',
    message: `The connection to the sync helper was lost: ${why}.`,
    hint: 'Check that the pod still runs: kubectl get pods',
    details: errors === '' ? [] : errors.split('\n'),
    cause,
  });
}
