import { Failure, isFailure } from '../base/failure.js';
import type { DeploymentConfig } from '../config/schema.js';
import { appliedAt, planPurge, union, without } from './applied.js';
import type { AppliedObject, Deployer, DeployTarget } from './deployer.js';
import { applyFailure, cleanKubectlLines, gone } from './kubectl-failure.js';
import { findKubectl, runKubectl, type Kubectl } from './kubectl.js';
import type { Manifest } from './manifest.js';
import { renderManifests } from './render.js';
import { replaceImages } from './replace-images.js';

type KubectlConfig = NonNullable<DeploymentConfig['kubectl']>;

/**
 * Deploys manifests with one `kubectl apply`, always: it changes nothing where nothing is to change. Without `--force`, which DevSpace 4 passed:
 * that deletes and creates again whatever cannot be patched, with a volume's data or a service's address, without a question.
 *
 * Failures of deploy: TOOL_NOT_FOUND, MANIFEST_NOT_FOUND, MANIFEST_INVALID, MANIFEST_RENDER_FAILED, DEPLOY_FAILED; of purge: TOOL_NOT_FOUND, PURGE_FAILED,
 * and those of reading the manifests where nothing is recorded.
 */
export const kubectlDeployer: Deployer = {
  tool: 'kubectl',

  async deploy(deployment, target) {
    const { name } = deployment;
    const config = configOf(deployment);
    const kubectl = await openKubectl(deployment, target);
    const manifests = await renderManifests(target.root, config, kubectl);
    const objects = manifests.flatMap((manifest) => manifest.objects);
    const place = { context: target.context, namespace: kubectl.namespace };
    const text = manifests.map((manifest) => complete(manifest, config, target)).join('\n---\n');
    // Before, so that a purge also finds what a failed or interrupted apply has created.
    await target.cache.set(name, union(target.cache.get(name), appliedAt(objects, place)));
    const args = ['apply', '--filename', '-', ...(config.flags ?? [])];
    // The separator in front makes kubectl read YAML even where the first manifest is JSON.
    const { exitCode, stderr } = await runKubectl(kubectl, args, { stdin: `---\n${text}\n` });
    if (exitCode !== 0) throw applyFailure({ deployment: name, ...place }, stderr, objects);
  },

  async purge(deployment, target, { keepVolumes }) {
    const { name } = deployment;
    const kubectl = await openKubectl(deployment, target);
    const place = { context: target.context, namespace: kubectl.namespace };
    const recorded = target.cache.get(name);
    const manifests = await readForPurge(deployment, target, kubectl, recorded.length > 0);
    const rendered = appliedAt(
      manifests.flatMap(({ objects }) => objects),
      place,
    );
    const { remove, keep } = planPurge(recorded, rendered, place, keepVolumes);
    if (remove.length > 0) await deleteObjects(name, remove, kubectl);
    for (const { kind, name: kept, namespace } of keep)
      target.emit({
        type: 'note',
        level: 'info',
        text: `Kept ${kind} ${kept} (namespace ${namespace}) with what is in it`,
      });
    await target.cache.set(name, without(recorded, remove));
  },
};

function configOf({ name, kubectl }: DeploymentConfig): KubectlConfig {
  if (kubectl) return kubectl;
  throw new Error(`deployment ${name} is none of kubectl's`);
}

async function openKubectl(deployment: DeploymentConfig, target: DeployTarget): Promise<Kubectl> {
  const { context, env, emit, signal } = target;
  return {
    file: await findKubectl(deployment.kubectl?.cmdPath, env),
    context,
    namespace: deployment.namespace ?? target.namespace,
    env,
    onLine: (line) => emit({ type: 'output', from: deployment.name, line }),
    signal,
  };
}

function complete(manifest: Manifest, config: KubectlConfig, { built, emit }: DeployTarget): string {
  if (config.replaceImageTags === false) return manifest.text;
  const { text, kept } = replaceImages(manifest, built);
  for (const image of new Set(kept))
    emit({
      type: 'warning',
      code: 'IMAGE_TAG_KEPT',
      text: `${manifest.origin} runs ${image} as it says there, not the image built from here`,
      subject: manifest.origin,
      hint: `Write the image without tag to run what devspace builds: ${image.replace(/(@.*|:[^/]*)$/, '')}`,
    });
  return text;
}

// What was recorded can be deleted even where the manifests cannot be read any more.
async function readForPurge(
  deployment: DeploymentConfig,
  target: DeployTarget,
  kubectl: Kubectl,
  hasRecord: boolean,
): Promise<Manifest[]> {
  try {
    return await renderManifests(target.root, configOf(deployment), kubectl);
  } catch (error) {
    if (!hasRecord || !isFailure(error)) throw error;
    const { code, message: text, subject, hint } = error;
    target.emit({ type: 'warning', code, text, ...(subject ? { subject } : {}), ...(hint ? { hint } : {}) });
    return [];
  }
}

async function deleteObjects(
  deployment: string,
  objects: readonly AppliedObject[],
  kubectl: Kubectl,
): Promise<void> {
  const stubs = objects.map(({ apiVersion, kind, name, namespace }) =>
    JSON.stringify({ apiVersion, kind, metadata: { name, namespace } }),
  );
  const { exitCode, stderr } = await runKubectl(
    kubectl,
    ['delete', '--ignore-not-found', '--filename', '-'],
    {
      stdin: `---\n${stubs.join('\n---\n')}\n`,
      anyNamespace: true,
    },
  );
  const lines = cleanKubectlLines(stderr);
  if (exitCode === 0 || (lines.length > 0 && lines.every(gone))) return;
  throw new Failure({
    code: 'PURGE_FAILED',
    message: `Deployment "${deployment}" was not purged completely`,
    subject: deployment,
    hint: `Remove the cause and repeat: devspace purge -d ${deployment}`,
    details: lines,
  });
}
