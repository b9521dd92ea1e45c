import { addPorts, parsePorts } from '../../config/edit/ports.js';
import type { CommandHandler } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { podsFlag } from '../flags.js';

/** `devspace add port 8080:80`. */
export const run: CommandHandler = async (invocation) => {
  const [ports = ''] = invocation.args;
  const project = await openToEdit(invocation);
  const edits = addPorts(project.value, parsePorts(ports), podsFlag(invocation.flags));
  await saveEdits(invocation, project, edits, `Added port ${ports} to ${project.name}`);
  return 0;
};
