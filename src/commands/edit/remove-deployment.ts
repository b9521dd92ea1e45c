import { removeDeployments } from '../../config/edit/deployments.js';
import { valueAt } from '../../config/path.js';
import { purgeAll } from '../../deploy/purge.js';
import { openDeployed } from '../../state/deployed.js';
import { askYesNo, canAsk } from '../ask.js';
import type { CommandHandler, Invocation } from '../command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { openKube } from '../open-kube.js';
import { openProject } from '../project/open-project.js';
import { deployTarget } from '../pipeline/pipeline.js';

/** `devspace remove deployment NAME`: out of the config and, with `--purge` or when the answer is yes, out of the cluster before. */
export const run: CommandHandler = async (invocation) => {
  const { args, emit, flags } = invocation;
  const all = flags.all === true;
  const project = await openToEdit(invocation);
  const edits = removeDeployments(project.value, args[0], all);
  const names = edits.map(({ path }) => String(valueAt(project.value, [...path, 'name'])));
  const record = await openDeployed(project.root);
  const deployed = names.filter((name) => record.names().includes(name));
  if (deployed.length > 0) {
    const list = deployed.join(', ');
    if (await purgeThem(invocation, list)) await purge(invocation, deployed);
    else {
      emit({
        type: 'warning',
        code: 'DEPLOYMENT_LEFT',
        text: `What ${list} deployed stays in the cluster`,
        hint: 'to delete it, add it again and run: devspace purge',
      });
    }
  }
  const what = all ? `${edits.length} deployments` : `deployment ${names[0]}`;
  await saveEdits(invocation, project, edits, `Removed ${what} from ${project.name}`);
  return 0;
};

async function purgeThem(invocation: Invocation, names: string): Promise<boolean> {
  if (typeof invocation.flags.purge === 'boolean') return invocation.flags.purge;
  return (
    canAsk(invocation) && askYesNo(invocation, `Delete what ${names} deployed from the cluster, too?`, true)
  );
}

async function purge(invocation: Invocation, only: readonly string[]): Promise<void> {
  const { config, root } = await openProject(invocation, ['deployments']);
  using kube = await openKube(invocation);
  const target = await deployTarget(invocation, root, kube, new Map());
  await purgeAll({ deployments: config.deployments ?? [], only, target, options: { keepVolumes: true } });
}
