import { isFailure } from '../base/failure.js';
import type { SecretStore, StoredObject } from '../images/pull-secrets.js';
import { corePath } from '../kube/api-paths.js';
import type { Kube } from '../kube/kubeconfig.js';
import { createObject, getObject, patchObject } from '../kube/rest.js';

/** The cluster as pull secrets see it. */
export function pullSecretStore(kube: Kube, signal: AbortSignal): SecretStore {
  return {
    async get(kind, namespace, name) {
      try {
        return await getObject<StoredObject>(kube, corePath(kind, { namespace, name }), { signal });
      } catch (error) {
        if (isFailure(error, 'KUBE_NOT_FOUND')) return undefined;
        throw error;
      }
    },
    async create(kind, namespace, body) {
      await createObject(kube, corePath(kind, { namespace }), body, { signal });
    },
    async patch(kind, namespace, name, body) {
      await patchObject(kube, corePath(kind, { namespace, name }), 'merge', body, { signal });
    },
  };
}
