import type { CommandHandler } from '../command.js';
import { openKube } from '../open-kube.js';
import { openProject } from '../project/open-project.js';
import { runPipeline } from './pipeline.js';

/** `devspace deploy`: build, push, deploy; no services. */
export const run: CommandHandler = async (invocation) => {
  const { emit } = invocation;
  const project = await openProject(invocation, ['images', 'deployments', 'dependencies', 'hooks']);
  using kube = await openKube(invocation);
  await runPipeline(invocation, project, kube, { dev: false });
  emit({
    type: 'note',
    level: 'done',
    text: 'Deployed. `devspace logs` and `devspace enter` look into the containers.',
  });
  return 0;
};
