import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, systemCode } from '../../base/failure.js';
import { addDeployment } from '../../config/edit/deployments.js';
import type { Edit } from '../../config/edit/edit.js';
import { usage } from '../../config/edit/entry-failure.js';
import { addImageDeployment } from '../../config/edit/image-deployments.js';
import { addKnownComponent } from '../../config/edit/known-components.js';
import { dockerfileFacts } from '../../init/dockerfile-facts.js';
import type { CommandHandler, Invocation } from '../command.js';
import { openToEdit, saveEdits, type EditableProject } from './edit-project.js';
import { listFlag, textFlag } from '../flags.js';

/** `devspace add deployment NAME`: of manifests, a kustomization, a chart, an image, or something that devspace knows. */
export const run: CommandHandler = async (invocation) => {
  const [name = ''] = invocation.args;
  checkKind(invocation.flags, name);
  const project = await openToEdit(invocation);
  const edits = await wantedEdits(invocation.flags, name, project);
  await saveEdits(invocation, project, edits, `Added deployment ${name} to ${project.name}`);
  return 0;
};

/** The flags that say what is deployed; only `--dockerfile` goes together with `--image`. */
const KINDS = ['manifests', 'kustomize', 'chart', 'component', 'dockerfile', 'image'] as const;

function checkKind(flags: Invocation['flags'], name: string): void {
  const given = KINDS.filter((flag) => flags[flag] !== undefined);
  if (given.length === 1 || given.join() === 'dockerfile,image') {
    const [kind] = given;
    for (const [flag, of] of [
      ['context', 'dockerfile'],
      ['chartVersion', 'chart'],
      ['chartRepo', 'chart'],
    ] as const)
      if (flags[flag] !== undefined && kind !== of)
        throw usage(
          `--${flag.replace('chartV', 'chart-v').replace('chartR', 'chart-r')} goes with --${of}`,
          `leave it out, or add --${of}`,
        );
    return;
  }
  throw usage(
    given.length === 0 ? 'what is deployed?' : `one of --${given.join(', --')} is enough`,
    `devspace add deployment ${name} with --manifests kube, --kustomize overlays/dev, --chart ./chart, --dockerfile ./Dockerfile, --image nginx:1.27 or --component postgres`,
  );
}

async function wantedEdits(
  flags: Invocation['flags'],
  name: string,
  { root, value }: EditableProject,
): Promise<Edit[]> {
  const namespace = textFlag(flags.namespace);
  const manifests = listFlag(flags.manifests);
  if (manifests) return addDeployment(value, name, { namespace, manifests });
  const kustomize = textFlag(flags.kustomize);
  if (kustomize !== undefined)
    return addDeployment(value, name, { namespace, manifests: [kustomize], kustomize: true });
  const chart = textFlag(flags.chart);
  if (chart !== undefined) {
    const [version, repo] = [textFlag(flags.chartVersion), textFlag(flags.chartRepo)];
    return addDeployment(value, name, { namespace, chart, version, repo });
  }
  const component = textFlag(flags.component);
  if (component !== undefined) return addKnownComponent(value, name, { namespace, component });
  const dockerfile = textFlag(flags.dockerfile);
  const text = dockerfile === undefined ? '' : await readDockerfile(root, dockerfile);
  return addImageDeployment(value, name, {
    namespace,
    // As for devspace init, a name is enough for a cluster on this machine.
    image: textFlag(flags.image) ?? name,
    dockerfile,
    context: textFlag(flags.context),
    port: dockerfileFacts(text).ports[0],
  });
}

/** Failure: DOCKERFILE_MISSING. */
async function readDockerfile(root: string, path: string): Promise<string> {
  try {
    return await readFile(join(root, path), 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new Failure({
      code: 'DOCKERFILE_MISSING',
      message: `the Dockerfile does not exist: ${path}`,
      subject: path,
      hint: 'name it as seen from the folder of devspace.yaml: --dockerfile api/Dockerfile',
      cause: error,
    });
  }
}
