import { removeSyncs } from '../../config/edit/sync-entries.js';
import type { CommandHandler } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { podsFlag, textFlag } from '../flags.js';

/** `devspace remove sync --local src`. */
export const run: CommandHandler = async (invocation) => {
  const { flags } = invocation;
  const project = await openToEdit(invocation);
  const place = { local: textFlag(flags.local), container: textFlag(flags.container) };
  const edits = removeSyncs(project.value, place, flags.all === true, podsFlag(flags));
  const done = `Removed ${edits.length} ${edits.length === 1 ? 'sync' : 'syncs'} from ${project.name}`;
  await saveEdits(invocation, project, edits, done);
  return 0;
};
