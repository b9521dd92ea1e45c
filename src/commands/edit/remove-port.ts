import { removePorts } from '../../config/edit/ports.js';
import type { CommandHandler } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { podsFlag } from '../flags.js';

/** `devspace remove port 8080`. */
export const run: CommandHandler = async (invocation) => {
  const { args, flags } = invocation;
  const project = await openToEdit(invocation);
  const edits = removePorts(project.value, args[0], flags.all === true, podsFlag(flags), {
    reverse: flags.reverse === true,
  });
  const direction = flags.reverse === true ? 'reverse ' : '';
  const what = args[0] === undefined ? `all ${direction}forwards` : `${direction}port ${args[0]}`;
  await saveEdits(invocation, project, edits, `Removed ${what} from ${project.name}`);
  return 0;
};
