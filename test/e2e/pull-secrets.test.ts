import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pullSecretStore } from '../../src/commands/pipeline/pull-secret-store.js';
import { createPullSecrets } from '../../src/images/pull-secrets.js';
import { loadKube } from '../../src/kube/kube.js';
import type { Event } from '../../src/report/events.js';
import { makeNamespace } from '../rig/cluster.js';

it('gives the pods of a namespace a pull secret, twice with the same result', async () => {
  await using namespace = await makeNamespace();
  using kube = await loadKube({});
  const store = pullSecretStore(kube, new AbortController().signal);
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
