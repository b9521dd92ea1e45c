import { addImage } from '../../config/edit/images.js';
import { usage } from '../../config/edit/entry-failure.js';
import type { CommandHandler } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { textFlag } from '../flags.js';

/** `devspace add image NAME`. */
export const run: CommandHandler = async (invocation) => {
  const { args, flags } = invocation;
  const [name = ''] = args;
  const image = textFlag(flags.image);
  if (image === undefined)
    throw usage('which image?', `devspace add image ${name} --image registry.example.com/${name}`);
  const project = await openToEdit(invocation);
  const edits = addImage(project.value, name, {
    image,
    tag: textFlag(flags.tag),
    context: textFlag(flags.context),
    dockerfile: textFlag(flags.dockerfile),
    buildTool: textFlag(flags.buildtool),
  });
  await saveEdits(invocation, project, edits, `Added image ${name} to ${project.name}`);
  return 0;
};
