import { Failure } from '../../src/base/failure.js';
import { callApi } from './api.js';
import { type Layout, NODE } from './paths.js';
import type { ServerVersion } from './versions.js';

/** What a fresh cluster of any vendor brings along and a bare API server does not. */
const objects: readonly { collection: string; object: object }[] = [
  {
    collection: '/apis/storage.k8s.io/v1/storageclasses',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'standard',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      // Made by the controller-manager itself: a folder under /tmp/hostpath_pv.
      provisioner: 'kubernetes.io/host-path',
    },
  },
];

export async function createObjects(layout: Layout): Promise<void> {
  for (const { collection, object } of objects) {
    const { status, body } = await callApi(layout, 'POST', collection, object);
    if (status === 201 || status === 409) continue;
    throw new Failure({
      code: 'CLUSTER_OBJECT_REFUSED',
      message: `POST ${collection} was answered with ${status}`,
      details: [JSON.stringify(body)],
    });
  }
}

export async function apiReady(layout: Layout): Promise<boolean> {
  return (await callApi(layout, 'GET', '/readyz')).status === 200;
}

interface NodeStatus {
  status?: { conditions?: { type: string; status: string }[] };
}

/** The node says so, and its kubelet answers: after a crash the word of the one before it still stands. */
export async function nodeReady(layout: Layout): Promise<boolean> {
  const health = await callApi(layout, 'GET', `/api/v1/nodes/${NODE}/proxy/healthz`);
  if (health.status !== 200) return false;
  const { body } = await callApi(layout, 'GET', `/api/v1/nodes/${NODE}`);
  const conditions = (body as NodeStatus | undefined)?.status?.conditions ?? [];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Until these exist no pod can be created in `default`, or it waits for its token and certificate. */
export async function podsPossible(version: ServerVersion, layout: Layout): Promise<boolean> {
  const account = await callApi(layout, 'GET', '/api/v1/namespaces/default/serviceaccounts/default');
  const authority = await callApi(layout, 'GET', '/api/v1/namespaces/default/configmaps/kube-root-ca.crt');
  const secrets = (account.body as { secrets?: unknown[] } | undefined)?.secrets ?? [];
  return account.status === 200 && authority.status === 200 && (!version.tokenSecrets || secrets.length > 0);
}
