import { isFailure } from '../../base/failure.js';
import { corePath } from './api-paths.js';
import type { ApiServer } from '../access/kubeconfig.js';
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
