import { purgeAll } from '../../deploy/purge.js';
import type { CommandHandler } from '../command.js';
import { listFlag } from '../flags.js';
import { openKube } from '../open-kube.js';
import { openProject } from '../project/open-project.js';
import { deployTarget } from './pipeline.js';

/** `devspace purge`: deletes what was deployed, last deployment first. Volumes stay unless `--delete-volumes`. */
export const run: CommandHandler = async (invocation) => {
  const { flags } = invocation;
  const { config, root } = await openProject(invocation, ['deployments']);
  using kube = await openKube(invocation);
  const target = await deployTarget(invocation, root, kube, new Map());
  await purgeAll({
    deployments: config.deployments ?? [],
    only: listFlag(flags.deployments),
    target,
    options: { keepVolumes: flags.deleteVolumes !== true },
  });
  return 0;
};
