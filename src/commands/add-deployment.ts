import { addDeployment, type NewDeployment } from '../config/edit/deployments.js';
import { usage } from '../config/edit/entry-failure.js';
import type { CommandHandler, Invocation } from './command.js';
import { openToEdit, saveEdits } from './edit-project.js';
import { listFlag, textFlag } from './flags.js';

/** `devspace add deployment NAME`, with manifests or a chart. */
export const run: CommandHandler = async (invocation) => {
  const [name = ''] = invocation.args;
  const wanted = wantedDeployment(invocation.flags, name);
  const project = await openToEdit(invocation);
  const edits = addDeployment(project.value, name, wanted);
  await saveEdits(invocation, project, edits, `Added deployment ${name} to ${project.name}`);
  return 0;
};

function wantedDeployment(flags: Invocation['flags'], name: string): NewDeployment {
  const namespace = textFlag(flags.namespace);
  const manifests = listFlag(flags.manifests);
  const chart = textFlag(flags.chart);
  const kustomize = textFlag(flags.kustomize);
  const given = [manifests, chart, kustomize].filter((one) => one !== undefined);
  const examples = `devspace add deployment ${name} --manifests kube, --kustomize overlays/dev, or --chart ./chart`;
  if (given.length !== 1)
    throw usage('a deployment has manifests, a kustomization or a chart: one of them', examples);
  if (manifests) return { namespace, manifests };
  if (kustomize !== undefined) return { namespace, manifests: [kustomize], kustomize: true };
  return {
    namespace,
    chart: chart ?? '',
    version: textFlag(flags.chartVersion),
    repo: textFlag(flags.chartRepo),
  };
}
