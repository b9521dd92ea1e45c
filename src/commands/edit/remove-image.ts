import { removeImages } from '../../config/edit/images.js';
import type { CommandHandler } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';

/** `devspace remove image NAME`. */
export const run: CommandHandler = async (invocation) => {
  const { args, flags } = invocation;
  const project = await openToEdit(invocation);
  const edits = removeImages(project.value, args[0], flags.all === true);
  const what = args[0] === undefined || flags.all === true ? `${edits.length} images` : `image ${args[0]}`;
  await saveEdits(invocation, project, edits, `Removed ${what} from ${project.name}`);
  return 0;
};
