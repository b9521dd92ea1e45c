import { isFailure } from '../../base/failure.js';
import { resourcePath } from '../../kube/api/api-paths.js';
import type { Kube } from '../../kube/kube.js';
import { deleteObject } from '../../kube/api/rest.js';
import type { Lease } from './run-lease-plan.js';

const releaseMs = 2000;

/** Of the leases of the run's namespace, or of one of them. */
export const leasePath = (kube: Kube, name?: string): string =>
  resourcePath('apis/coordination.k8s.io/v1', 'leases', {
    namespace: kube.namespace,
    ...(name === undefined ? {} : { name }),
  });

/** Takes our own lease away, whatever has been asked in it; that it cannot be is nothing to stop for: it will be found to be stale. */
export const giveBack = (kube: Kube, { metadata: { name, uid } }: Lease): Promise<void> =>
  remove(kube, name, { uid });

/** Takes the lease of another one away unless it has changed since. Never throws, as above. */
export const clearAway = (kube: Kube, { metadata }: Lease): Promise<void> =>
  remove(kube, metadata.name, { uid: metadata.uid, resourceVersion: metadata.resourceVersion });

async function remove(
  kube: Kube,
  name: string,
  preconditions: { uid: string; resourceVersion?: string | undefined },
): Promise<void> {
  await deleteObject(kube, leasePath(kube, name), { preconditions, timeoutMs: releaseMs }).catch(() => {});
}

/** Takes it away whatever it has become meanwhile. Failures as the API's. */
export async function dropLease(kube: Kube, name: string, signal: AbortSignal): Promise<void> {
  try {
    await deleteObject(kube, leasePath(kube, name), { signal });
  } catch (error) {
    if (!isFailure(error, 'KUBE_NOT_FOUND')) throw error;
  }
}
