import { purgeAll } from '../deploy/purge.js';
import { loadKube } from '../kube/kubeconfig.js';
import type { CommandHandler } from './command.js';
import { listFlag, openProject } from './open-project.js';
import { deployTarget } from './pipeline.js';

/** `devspace purge`: deletes what was deployed, last deployment first. Volumes stay unless `--delete-volumes`. */
export const run: CommandHandler = async (invocation) => {
  const { flags } = invocation;
  const { config, root } = await openProject(invocation, ['deployments']);
  using kube = await loadKube({ context: flags.kubeContext as string, namespace: flags.namespace as string });
  const target = await deployTarget(invocation, root, kube, new Map());
  await purgeAll({
    deployments: config.deployments ?? [],
    only: listFlag(flags.deployments),
    target,
    options: { keepVolumes: flags.deleteVolumes !== true },
  });
  return 0;
};
