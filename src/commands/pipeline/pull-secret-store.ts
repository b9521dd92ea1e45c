import { sleep } from '../../base/abort.js';
import { isFailure } from '../../base/failure.js';
import type { SecretStore, StoredObject } from '../../images/pull-secrets.js';
import { corePath } from '../../kube/api/api-paths.js';
import type { Kube } from '../../kube/kube.js';
import { createObject, getObject, patchObject } from '../../kube/api/rest.js';
import { watchObjects } from '../../kube/api/watch.js';

const askAgainMs = 100;

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
    async appears(kind, namespace, name, withinMs) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(withinMs))]);
      const fieldSelector = `metadata.name=${name}`;
      try {
        for await (const found of watchObjects(kube, corePath(kind, { namespace }), {
          fieldSelector,
          signal: until,
        }))
          if (found.size > 0) return;
      } catch (error) {
        signal.throwIfAborted();
        if (until.aborted) return;
        if (!isFailure(error, 'KUBE_FORBIDDEN')) throw error;
        // Who may read it but not watch it looks again in a moment.
        await sleep(askAgainMs, signal);
      }
    },
  };
}
