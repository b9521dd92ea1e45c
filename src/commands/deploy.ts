import { loadKube } from '../kube/kubeconfig.js';
import type { CommandHandler } from './command.js';
import { openProject } from './open-project.js';
import { runPipeline } from './pipeline.js';

/** `devspace deploy`: build, push, deploy; no services. */
export const run: CommandHandler = async (invocation) => {
  const { emit, flags } = invocation;
  const project = await openProject(invocation, ['images', 'deployments', 'dependencies', 'hooks']);
  using kube = await loadKube({ context: flags.kubeContext as string, namespace: flags.namespace as string });
  await runPipeline(invocation, project, kube, { dev: false });
  emit({
    type: 'note',
    level: 'done',
    text: 'Deployed. `devspace logs` and `devspace enter` look into the containers.',
  });
  return 0;
};
