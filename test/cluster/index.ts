/** The test cluster, for tests and the demo. People use `npm run cluster up | down | status`. */
import { delimiter } from 'node:path';
import { Failure } from '../../src/base/failure.js';
import { binDir } from './binaries.js';
import { bringDown } from './down.js';
import { withClusterLock } from './lock.js';
import { ownClusterStatus, ownContext, ownKubeconfig } from './own-cluster.js';
import { clusterLayout, DOCKER_SOCKET } from './paths.js';
import type { OnProgress } from './progress.js';
import { runningVersion } from './running-version.js';
import { type ClusterStatus, readStatus } from './status.js';
import { canRunCluster } from './support.js';
import { bringUp } from './up.js';
import { serverVersion } from './versions.js';

export { startDenyingRegistry, type DenyingRegistry } from './denying-registry.js';
export { startFaultProxy, type FaultProxy } from './fault-proxy.js';
export { ensureGo, type GoToolchain } from './go.js';
export { kubeconfigFor, kubeconfigVia, kubeconfigWithBadToken } from './kubeconfig.js';
export type { OnProgress } from './progress.js';
export type { ClusterStatus } from './status.js';
export { canRunCluster } from './support.js';

export interface ClusterUpOptions {
  /** `1.35`; default: DEVSPACE_TEST_KUBERNETES, else what runs, else the current one. */
  kubernetes?: string | undefined;
  onProgress?: OnProgress;
}

/** Whether the cluster (or the user's own, by DEVSPACE_TEST_CONTEXT) is there, and how to use it. */
export async function clusterStatus(): Promise<ClusterStatus> {
  const own = ownContext();
  return own ? ownClusterStatus(own, clusterLayout()) : readStatus(clusterLayout());
}

/** Makes sure that the cluster runs. Nearly free when it does. */
export async function clusterUp({
  kubernetes,
  onProgress = () => {},
}: ClusterUpOptions = {}): Promise<ClusterStatus> {
  const own = ownContext();
  const layout = clusterLayout();
  if (own) return ownClusterStatus(own, layout);
  mustBeSupported();
  return withClusterLock(
    () => onProgress('waiting for another cluster command'),
    async () => {
      const wanted = kubernetes ?? process.env['DEVSPACE_TEST_KUBERNETES'];
      const present = runningVersion(layout);
      const version = wanted ? serverVersion(wanted) : (present ?? serverVersion());
      if (present && present !== version) {
        onProgress(`Kubernetes ${present.kubernetes} makes room for ${version.kubernetes}`);
        await bringDown(layout, false, onProgress);
      } else if (present) {
        const status = await readStatus(layout);
        if (status.running) {
          onProgress(`Kubernetes ${version.kubernetes} is already up`);
          return status;
        }
      }
      await bringUp(version, layout, onProgress);
      return readStatus(layout);
    },
  );
}

/** Stops the cluster and removes what it left on the machine. `purge` also wipes images in use, registry and certificates. */
export async function clusterDown({
  purge = false,
  onProgress = () => {},
}: { purge?: boolean; onProgress?: OnProgress } = {}): Promise<void> {
  if (ownContext()) return;
  mustBeSupported();
  await withClusterLock(
    () => onProgress('waiting for another cluster command'),
    () => bringDown(clusterLayout(), purge, onProgress),
  );
}

/**
 * What a process needs in its environment to use the cluster that {@link clusterUp} has brought up: also its kubectl, on a
 * machine that has none.
 */
export function clusterEnv(): Record<string, string> {
  const layout = clusterLayout();
  if (ownContext()) return { KUBECONFIG: ownKubeconfig(layout) };
  const version = runningVersion(layout) ?? serverVersion();
  return {
    KUBECONFIG: layout.kubeconfig,
    DOCKER_HOST: `unix://${DOCKER_SOCKET}`,
    PATH: `${binDir(version, layout)}${delimiter}${process.env['PATH'] ?? ''}`,
  };
}

function mustBeSupported(): void {
  const support = canRunCluster();
  if (support.ok) return;
  throw new Failure({ code: 'CLUSTER_UNSUPPORTED', message: support.reason, exitCode: 3 });
}
