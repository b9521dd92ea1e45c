import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import type { ImageConfig } from '../../src/config/schema.js';
import {
  createPullSecrets,
  pullSecretName,
  type SecretStore,
  type StoredObject,
} from '../../src/images/pull-secrets.js';
import type { Event } from '../../src/report/events.js';

let dir = '';
let events: Event[] = [];
let calls: string[] = [];
let objects = new Map<string, StoredObject>();
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'devspace-pull-'));
  [events, calls, objects] = [[], [], new Map([['serviceaccounts/ns/default', {}]])];
  const auth = Buffer.from('me:s3cret').toString('base64');
  const config = { auths: { 'r.io': { auth }, 'https://index.docker.io/v1/': { auth } } };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const store: SecretStore = {
  get: async (kind, namespace, name) => objects.get(`${kind}/${namespace}/${name}`),
  create: async (kind, namespace, body) => {
    const { name } = (body as { metadata: { name: string } }).metadata;
    calls.push(`create ${kind}/${namespace}/${name}`);
    objects.set(`${kind}/${namespace}/${name}`, body);
  },
  appears: async () => {},
  patch: async (kind, namespace, name, body) => {
    calls.push(`patch ${kind}/${namespace}/${name}`);
    objects.set(`${kind}/${namespace}/${name}`, { ...objects.get(`${kind}/${namespace}/${name}`), ...body });
  },
};

const create = async (
  images: Record<string, ImageConfig>,
  change: Partial<SecretStore> = {},
): Promise<void> =>
  await createPullSecrets({
    images,
    namespaces: ['ns', 'ns'],
    store: { ...store, ...change },
    env: { DOCKER_CONFIG: dir },
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
  });

describe('createPullSecrets', () => {
  it('creates a secret once, and lets the service account use it', async () => {
    const images = { a: { image: 'r.io/a' }, b: { image: 'r.io/b' } };
    await create(images);
    expect(calls).toEqual(['create secrets/ns/devspace-auth-r-io', 'patch serviceaccounts/ns/default']);
    const secret = objects.get('secrets/ns/devspace-auth-r-io');
    const config: unknown = JSON.parse(
      Buffer.from(secret?.data?.['.dockerconfigjson'] ?? '', 'base64').toString(),
    );
    expect(config).toEqual({
      auths: {
        'r.io': { username: 'me', password: 's3cret', auth: Buffer.from('me:s3cret').toString('base64') },
      },
    });
    expect(events).toEqual([
      { type: 'note', level: 'done', text: 'Created image pull secret ns/devspace-auth-r-io' },
    ]);
    expect(JSON.stringify(events)).not.toContain('s3cret');
    calls = [];
    await create(images);
    expect(calls).toEqual([]);
  });

  it('updates a secret whose login changed', async () => {
    objects.set('secrets/ns/devspace-auth-docker', { data: { '.dockerconfigjson': 'old' } });
    await create({ a: { image: 'me/a' } });
    expect(calls).toEqual(['patch secrets/ns/devspace-auth-docker', 'patch serviceaccounts/ns/default']);
  });

  it.each<[string, ImageConfig]>([
    ['without a login', { image: 'other.io/a' }],
    ['switched off', { image: 'r.io/a', createPullSecret: false }],
  ])('does nothing %s', async (_, image) => {
    await create({ a: image });
    expect([calls, events]).toEqual([[], []]);
  });

  it('waits for the service account of a new namespace', async () => {
    let asked = 0;
    const get: SecretStore['get'] = async (kind, ...rest) =>
      kind === 'serviceaccounts' && ++asked < 3 ? undefined : await store.get(kind, ...rest);
    await create({ a: { image: 'r.io/a' } }, { get });
    expect(asked).toBe(3);
    expect(calls.at(-1)).toBe('patch serviceaccounts/ns/default');
  });

  it('does not undo what someone else adds to the service account meanwhile', async () => {
    let raced = false;
    const patch: SecretStore['patch'] = async (kind, ...rest) => {
      if (kind === 'serviceaccounts' && !raced) {
        raced = true;
        objects.set('serviceaccounts/ns/default', { imagePullSecrets: [{ name: 'theirs' }] });
        throw new Failure({ code: 'KUBE_CONFLICT', message: 'the object has been modified' });
      }
      await store.patch(kind, ...rest);
    };
    await create({ a: { image: 'r.io/a' } }, { patch });
    expect(objects.get('serviceaccounts/ns/default')?.imagePullSecrets).toEqual([
      { name: 'theirs' },
      { name: 'devspace-auth-r-io' },
    ]);
  });

  it('leaves no dangling name and only warns when the cluster refuses the secret', async () => {
    const refuse: SecretStore['create'] = async () => {
      throw new Failure({ code: 'KUBE_FORBIDDEN', message: 'secrets is forbidden' });
    };
    await create({ a: { image: 'r.io/a' } }, { create: refuse });
    expect(calls).toEqual([]);
    expect(events).toEqual([
      expect.objectContaining({
        type: 'warning',
        code: 'PULL_SECRET_FAILED',
        subject: 'ns/devspace-auth-r-io',
      }),
    ]);
  });
});

it.each([
  ['docker.io', 'devspace-auth-docker'],
  ['GCR.io', 'devspace-auth-gcr-io'],
  ['127.0.0.1:5000', 'devspace-auth-127-0-0-1-5000'],
])('%s: %s', (registry, name) => {
  expect(pullSecretName(registry)).toBe(name);
});
