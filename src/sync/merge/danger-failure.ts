import { visible } from '../../base/text-table.js';
import { Failure } from '../../base/failure.js';
import type { Danger } from '../core/safety.js';

const hint =
  'To bring the files back from the other side: devspace sync reset, then start again. To remove them there, too: start with --allow-deletions.';

const sidesOf = ({ side }: Danger): [lost: string, kept: string] =>
  side === 'local' ? ['here', 'in the container'] : ['in the container', 'here'];

/** What is gone, as a sentence. `root` is that of the side that lost it. */
export function dangerText(danger: Danger, root: string): string {
  const { files } = danger;
  const what =
    danger.danger === 'emptied' ? `All ${files} synced files` : `${files} of ${danger.of} synced files`;
  return `${what} are gone from ${root} ${sidesOf(danger)[0]}`;
}

/** So much vanished from one side at once that sync stops rather than carry it over. */
export function dangerFailure(danger: Danger, root: string): Failure {
  const { examples, files } = danger;
  const isEmptied = danger.danger === 'emptied';
  const kept = sidesOf(danger)[1];
  const lately = isEmptied ? 0 : danger.lately;
  const deleted =
    lately === 0
      ? `nothing was deleted ${kept}`
      : `none of them was deleted ${kept}, only ${lately} others that went in the minute before`;
  const more = files > examples.length ? [`and ${files - examples.length} more`] : [];
  return new Failure({
    code: isEmptied ? 'SYNC_ROOT_EMPTIED' : 'SYNC_MASS_REMOVAL',
    message: `${dangerText(danger, root)}. Sync stopped; ${deleted}.`,
    subject: root,
    details: [...examples.map(visible), ...more],
    hint,
  });
}
