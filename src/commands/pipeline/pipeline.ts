import { fillRuntime } from '../../config/vars/runtime.js';
import { deployAll } from '../../deploy/deploy-all.js';
import type { AppliedObject, DeployTarget } from '../../deploy/deployer.js';
import { inStage } from '../../dev/run/stage.js';
import { createPullSecrets } from '../../images/pull-secrets.js';
import type { BuiltImage } from '../../images/request.js';
import type { Kube } from '../../kube/kube.js';
import { ensureNamespace } from '../../kube/api/namespace.js';
import { openState } from '../../state/cache.js';
import { openDeployed } from '../../state/deployed.js';
import { runBuildStage, warnAboutState } from './build-images.js';
import type { Invocation } from '../command.js';
import { warnAboutContext } from './context-warning.js';
import { listFlag } from '../flags.js';
import type { OpenProject } from '../project/open-project.js';
import { pullSecretStore } from './pull-secret-store.js';

export interface PipelineOptions {
  /** `devspace dev`: what file sync brings is no reason to build. */
  dev: boolean;
}

/**
 * The front half of `dev` and `deploy`: namespace, images, deployments, and remembering where to. Resolves to the images that have a tag.
 */
export async function runPipeline(
  invocation: Invocation,
  project: OpenProject,
  kube: Kube,
  { dev }: PipelineOptions,
): Promise<Map<string, BuiltImage>> {
  const { emit, env, flags, signal } = invocation;
  const { config, root } = project;
  const skip = flags.skipPipeline === true;
  const state = await openState(root, { profile: project.profile });
  warnAboutState(state, emit);
  warnAboutContext(kube, state.lastContext, invocation);
  const namespaces = new Set([
    kube.namespace,
    ...(config.deployments ?? []).flatMap(({ namespace }) => namespace ?? []),
  ]);
  await inStage(emit, 'cluster', async () => {
    await prepareNamespaces(kube, namespaces, invocation);
    if (skip) return;
    const { images = {} } = config;
    await createPullSecrets({ images, namespaces, store: pullSecretStore(kube, signal), env, emit, signal });
  });
  const images = await runBuildStage(invocation, { root, config, state, context: kube.context, dev });
  if (!skip && (config.deployments ?? []).length > 0) {
    const target = await deployTarget(invocation, root, kube, images);
    await inStage(emit, 'deployments', () =>
      deployAll({
        deployments: fillRuntime(config.deployments ?? [], images),
        only: listFlag(flags.deployments),
        target,
      }),
    );
  }
  signal.throwIfAborted();
  state.setLastContext({ context: kube.context, namespace: kube.namespace });
  await state.save();
  return images;
}

/** Creates the namespaces that the run works in; being the first request, it also tells whether the cluster can be reached at all. */
async function prepareNamespaces(
  kube: Kube,
  names: Iterable<string>,
  { emit, signal }: Invocation,
): Promise<void> {
  for (const name of names) {
    if (await ensureNamespace(kube, name, { signal }))
      emit({ type: 'note', level: 'done', text: `Created namespace ${name}` });
  }
}

export async function deployTarget(
  { emit, env, signal }: Invocation,
  root: string,
  kube: Kube,
  images: ReadonlyMap<string, BuiltImage>,
): Promise<DeployTarget> {
  return {
    root,
    context: kube.context,
    namespace: kube.namespace,
    built: [...images.values()],
    cache: await openDeployed<AppliedObject>(root),
    env,
    emit,
    signal,
  };
}
