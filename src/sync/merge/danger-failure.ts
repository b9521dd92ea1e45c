import { Failure } from '../../base/failure.js';
import type { Danger } from '../core/safety.js';

const hint =
  'To bring the files back from the other side: devspace sync reset, then start again. To remove them there, too: start with --allow-deletions.';

/** So much vanished from one side at once that sync stops rather than carry it over. `root` is that of the side that lost it. */
export function dangerFailure(danger: Danger, root: string): Failure {
  const { examples, files, side } = danger;
  const [lost, kept] = side === 'local' ? ['here', 'in the container'] : ['in the container', 'here'];
  const isEmptied = danger.danger === 'emptied';
  const what = isEmptied ? `All ${files} synced files` : `${files} of ${danger.of} synced files`;
  const more = files > examples.length ? [`and ${files - examples.length} more`] : [];
  return new Failure({
    code: isEmptied ? 'SYNC_ROOT_EMPTIED' : 'SYNC_MASS_REMOVAL',
    message: `${what} are gone from ${root} ${lost}. Sync stopped; nothing was deleted ${kept}.`,
    subject: root,
    details: [...examples, ...more],
    hint,
  });
}
