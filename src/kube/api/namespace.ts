import { Failure, isFailure } from '../../base/failure.js';
import { corePath } from './api-paths.js';
import type { ApiServer } from '../access/kubeconfig.js';
import { kubectl } from './api-failure.js';
import type { KubeObject } from './objects.js';
import { createObject, getObject, type RestOptions } from './rest.js';

/**
 * Creates `name` when it is missing; resolves with whether it did. Someone who may not look at namespaces is believed to have one: what follows will
 * tell. Throws KUBE_FORBIDDEN when it is missing and may not be created, and the failures of every request.
 */
export async function ensureNamespace(
  kube: ApiServer,
  name: string,
  options: RestOptions = {},
): Promise<boolean> {
  try {
    await getObject(kube, corePath('namespaces', { name }), options);
    return false;
  } catch (error) {
    if (isFailure(error, 'KUBE_FORBIDDEN')) return false;
    if (!isFailure(error, 'KUBE_NOT_FOUND')) throw error;
  }
  try {
    await createObject(kube, corePath('namespaces'), { metadata: { name } }, options);
    return true;
  } catch (error) {
    // Somebody else was faster.
    if (isFailure(error, 'KUBE_CONFLICT')) return false;
    throw error;
  }
}

/** NAMESPACE_NOT_FOUND when it is not there, or not for long; undefined also for those who may not look. Throws the signal's reason. */
export async function namespaceFailure(
  kube: ApiServer,
  name: string,
  signal?: AbortSignal,
): Promise<Failure | undefined> {
  let state = 'does not exist';
  try {
    const { metadata } = await getObject<KubeObject>(kube, corePath('namespaces', { name }), { signal });
    if (metadata.deletionTimestamp === undefined) return undefined;
    state = 'is being deleted';
  } catch (error) {
    signal?.throwIfAborted();
    if (!isFailure(error, 'KUBE_NOT_FOUND')) return undefined;
  }
  return new Failure({
    code: 'NAMESPACE_NOT_FOUND',
    message: `Namespace ${name} ${state} (context ${kube.context})`,
    subject: name,
    hint: kubectl(kube, 'get namespaces'),
  });
}
