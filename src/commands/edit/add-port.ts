import { addPorts, parsePorts } from '../../config/edit/ports.js';
import type { CommandHandler } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { podsFlag, textFlag } from '../flags.js';

/** `devspace add port 8080:80`. */
export const run: CommandHandler = async (invocation) => {
  const { args, flags } = invocation;
  const [ports = ''] = args;
  const project = await openToEdit(invocation);
  const edits = addPorts(project.value, parsePorts(ports), podsFlag(flags), {
    protocol: textFlag(flags.protocol),
    reverse: flags.reverse === true,
    viaHelper: flags.viaHelper === true,
  });
  await saveEdits(invocation, project, edits, `Added port ${ports} to ${project.name}`);
  return 0;
};
