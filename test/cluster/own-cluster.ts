import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../src/base/failure.js';
import type { Layout } from './paths.js';
import { REGISTRY } from './paths.js';
import type { ClusterStatus } from './status.js';

/** The context of a cluster of the user's own that the tests shall use; undefined: the rig's. */
export function ownContext(): string | undefined {
  return process.env['DEVSPACE_TEST_CONTEXT'] || undefined;
}

/** Where the copy of the user's kubeconfig is put. */
export function ownKubeconfig(layout: Layout): string {
  return path.join(layout.root, 'own-kubeconfig');
}

/**
 * The user's cluster as the tests see it: a copy of the kubeconfig with that context made the current one, so that no test
 * can change, or be changed by, the context of the user's shell. Images go to DEVSPACE_TEST_REGISTRY.
 */
export async function ownClusterStatus(context: string, layout: Layout): Promise<ClusterStatus> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromDefault();
  if (!config.getContextObject(context)) {
    throw new Failure({
      code: 'CLUSTER_CONTEXT_UNKNOWN',
      message: `DEVSPACE_TEST_CONTEXT names the context ${context}, which the kubeconfig does not have`,
      hint: 'kubectl config get-contexts',
      exitCode: 2,
    });
  }
  config.setCurrentContext(context);
  const kubeconfig = ownKubeconfig(layout);
  await mkdir(layout.root, { recursive: true });
  await writeFile(kubeconfig, config.exportConfig(), { mode: 0o600 });
  return {
    running: true,
    kubernetes: `of context ${context}`,
    kubeconfig,
    registry: process.env['DEVSPACE_TEST_REGISTRY'] || REGISTRY,
    dockerHost: process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock',
    binDir: '',
  };
}
