import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPullSecrets, type SecretStore, type StoredObject } from '../../src/images/pull-secrets.js';
import { isFailure } from '../../src/base/failure.js';
import { corePath } from '../../src/kube/api-paths.js';
import { loadKube } from '../../src/kube/kubeconfig.js';
import { createObject, getObject, patchObject } from '../../src/kube/rest.js';
import type { Event } from '../../src/report/events.js';
import { makeNamespace } from '../rig/cluster.js';

it('gives the pods of a namespace a pull secret, twice with the same result', async () => {
  await using namespace = await makeNamespace();
  using kube = await loadKube({});
  const store: SecretStore = {
    get: async (kind, ns, name) =>
      await getObject<StoredObject>(kube, corePath(kind, { namespace: ns, name })).catch((error: unknown) => {
        if (isFailure(error, 'KUBE_NOT_FOUND')) return undefined;
        throw error;
      }),
    create: async (kind, ns, body) =>
      void (await createObject(kube, corePath(kind, { namespace: ns }), body)),
    patch: async (kind, ns, name, body) =>
      void (await patchObject(kube, corePath(kind, { namespace: ns, name }), 'merge', body)),
  };
  const dir = mkdtempSync(join(tmpdir(), 'devspace-pull-'));
  const events: Event[] = [];
  try {
    const auth = Buffer.from('me:s3cret').toString('base64');
    writeFileSync(
      join(dir, 'config.json'),
      JSON.stringify({ auths: { 'r.io': { auth }, 'q.io': { auth } } }),
    );
    const create = async (): Promise<void> =>
      await createPullSecrets({
        images: { a: { image: 'r.io/a' }, b: { image: 'q.io/b' } },
        namespaces: [namespace.name],
        store,
        env: { DOCKER_CONFIG: dir },
        emit: (event) => events.push(event),
        signal: new AbortController().signal,
      });
    await create();
    await create();
  } finally {
    rmSync(dir, { recursive: true });
  }
  expect(events).toHaveLength(2);
  await namespace.kubectl(['run', 'pod', '--image', 'r.io/a', '--restart', 'Never']);
  const names = await namespace.kubectl([
    'get',
    'pod',
    'pod',
    '--output',
    'jsonpath={.spec.imagePullSecrets[*].name}',
  ]);
  expect(names.split(' ').sort()).toEqual(['devspace-auth-q-io', 'devspace-auth-r-io']);
});
