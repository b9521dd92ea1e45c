import { Failure } from '../../base/failure.js';
import type { Danger } from '../core/safety.js';

/** Everything vanished from one side at once: sync stops rather than carry that over. */
export function emptiedFailure(danger: Danger, root: string): Failure {
  const [lost, kept] = danger.side === 'local' ? ['here', 'in the container'] : ['in the container', 'here'];
  return new Failure({
    code: 'SYNC_ROOT_EMPTIED',
    message: `All ${danger.files} synced files are gone from ${root} ${lost}. Sync stopped; nothing was deleted ${kept}.`,
    subject: root,
    hint: 'To bring the files back from the other side: rm -r .devspace/sync, then start again.',
  });
}
