import { usage } from '../../config/edit/entry-failure.js';
import { addSync } from '../../config/edit/sync-entries.js';
import type { CommandHandler } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { listFlag, podsFlag, textFlag } from '../flags.js';

/** `devspace add sync --local src --container /app/src`. */
export const run: CommandHandler = async (invocation) => {
  const { flags } = invocation;
  const local = textFlag(flags.local);
  const container = textFlag(flags.container);
  if (local === undefined || container === undefined)
    throw usage('which folders?', 'devspace add sync --local src --container /app/src');
  const project = await openToEdit(invocation);
  const edits = addSync(project.value, { local, container }, listFlag(flags.exclude) ?? [], podsFlag(flags));
  await saveEdits(invocation, project, edits, `Added sync ${local} <-> ${container} to ${project.name}`);
  return 0;
};
