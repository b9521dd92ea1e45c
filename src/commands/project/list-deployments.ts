import { textTable } from '../../base/text-table.js';
import type { DeploymentConfig } from '../../config/schema.js';
import type { AppliedObject } from '../../deploy/deployer.js';
import { openDeployed } from '../../state/deployed.js';
import type { CommandHandler } from '../command.js';
import { resolveProject } from './open-project.js';
import { printResult } from '../result.js';

/** `devspace list deployments`: those of the config, with what is known of them from the last deploy. No cluster is asked. */
export const run: CommandHandler = async (invocation) => {
  const { project, result } = await resolveProject(invocation, { lenient: true, sections: ['deployments'] });
  const { config } = result;
  const record = await openDeployed<AppliedObject>(project.root);
  const rows = (config.deployments ?? []).map((deployment) => {
    const objects = record.get(deployment.name);
    const { content, type } = contentOf(deployment);
    return { name: deployment.name, type, content, deployed: placesOf(objects) };
  });
  if (rows.length === 0)
    invocation.emit({
      type: 'note',
      level: 'info',
      text: 'No deployments in devspace.yaml: devspace add deployment NAME',
    });
  printResult(invocation, { deployments: rows }, () =>
    rows.length === 0
      ? []
      : textTable(
          ['Name', 'Type', 'Deploy', 'Status'],
          rows.map(({ content, deployed, name, type }) => [
            name,
            type,
            content.join(', '),
            statusText(deployed),
          ]),
          [undefined, undefined, 40],
        ),
  );
  return 0;
};

function contentOf({ component, helm, kubectl }: DeploymentConfig): { type: string; content: string[] } {
  if (kubectl) {
    const { inlineManifest, kustomize, manifests = [] } = kubectl;
    const content = inlineManifest === undefined ? manifests : ['(in devspace.yaml)'];
    return { type: kustomize === true ? 'Kustomize' : 'Manifests', content };
  }
  if (helm) {
    const { name, version } = helm.chart;
    return { type: 'Helm', content: [version === undefined ? name : `${name} (${version})`] };
  }
  return { type: 'Component', content: (component?.containers ?? []).flatMap(({ image }) => image ?? []) };
}

interface DeployedPlace {
  readonly context: string;
  readonly namespace: string;
  readonly objects: number;
}

function placesOf(objects: readonly AppliedObject[]): DeployedPlace[] {
  const counts = new Map<string, DeployedPlace>();
  for (const { context, namespace } of objects) {
    const key = JSON.stringify([context, namespace]);
    counts.set(key, { context, namespace, objects: (counts.get(key)?.objects ?? 0) + 1 });
  }
  return [...counts.values()];
}

function statusText(places: readonly DeployedPlace[]): string {
  if (places.length === 0) return 'not deployed';
  return places
    .map(
      ({ context, namespace, objects }) =>
        `${objects} ${objects === 1 ? 'object' : 'objects'} in ${namespace} (${context})`,
    )
    .join(', ');
}
