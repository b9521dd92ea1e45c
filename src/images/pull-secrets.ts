import { isFailure } from '../base/failure.js';
import { DOCKER_HUB, parseImageReference } from '../base/image-reference.js';
import type { ImageConfig } from '../config/schema.js';
import type { Emit } from '../report/events.js';
import { findLogin, HUB_KEY, type RegistryLogin } from './registry-auth.js';

/** The little of the API server that pull secrets need. Failures of the server are thrown as Failure. */
export interface SecretStore {
  /** Undefined when it does not exist. */
  get(kind: SecretKind, namespace: string, name: string): Promise<StoredObject | undefined>;
  create(kind: SecretKind, namespace: string, body: object): Promise<void>;
  /** A merge patch: lists are replaced. With a resourceVersion in it that is no longer current it fails with KUBE_CONFLICT. */
  patch(kind: SecretKind, namespace: string, name: string, body: object): Promise<void>;
  /** Waits until it exists, and at most that long. May resolve earlier. */
  appears(kind: SecretKind, namespace: string, name: string, withinMs: number): Promise<void>;
}

export interface StoredObject {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

export type SecretKind = 'secrets' | 'serviceaccounts';

export interface PullSecretRequest {
  readonly images: Readonly<Record<string, ImageConfig>>;
  /** Those of the deployments. */
  readonly namespaces: Iterable<string>;
  readonly store: SecretStore;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const SERVICE_ACCOUNT = 'default';
// A new namespace gets its service account a moment later.
const ACCOUNT_WAIT_MS = 5000;

/**
 * Lets the cluster pull what this machine can push: for each registry of the images with a login here, a secret in each namespace, used by its
 * default service account. Registries without a login are skipped. A cluster that refuses gives a warning: pulling may work without.
 */
export async function createPullSecrets(request: PullSecretRequest): Promise<void> {
  const { env, emit, signal, store } = request;
  for (const registry of registriesOf(request.images)) {
    const login = await findLogin(registry, env, signal);
    if (!login) continue;
    for (const namespace of new Set(request.namespaces)) {
      const name = pullSecretName(registry);
      try {
        const written = await writeSecret(store, namespace, name, dockerConfigOf(registry, login));
        if (written)
          emit({ type: 'note', level: 'done', text: `Created image pull secret ${namespace}/${name}` });
        await useSecret(store, namespace, name);
      } catch (error) {
        if (!isFailure(error)) throw error;
        const text = `The cluster may be unable to pull from ${registry}: ${error.message}`;
        emit({
          type: 'warning',
          code: 'PULL_SECRET_FAILED',
          text,
          subject: `${namespace}/${name}`,
          ...(error.hint ? { hint: error.hint } : {}),
        });
      }
    }
  }
}

function registriesOf(images: Readonly<Record<string, ImageConfig>>): Set<string> {
  const wanted = Object.values(images).filter(({ createPullSecret }) => createPullSecret !== false);
  return new Set(wanted.flatMap(({ image }) => parseImageReference(image)?.registry ?? []));
}

/** `devspace-auth-docker` for Docker Hub, else made from the host, as DevSpace 4 names them. */
export function pullSecretName(registry: string): string {
  return `devspace-auth-${registry === DOCKER_HUB ? 'docker' : registry.toLowerCase().replace(/[^a-z0-9]/g, '-')}`;
}

function dockerConfigOf(registry: string, { username, password }: RegistryLogin): string {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const auths = { [registry === DOCKER_HUB ? HUB_KEY : registry]: { username, password, auth } };
  return Buffer.from(JSON.stringify({ auths })).toString('base64');
}

async function writeSecret(
  store: SecretStore,
  namespace: string,
  name: string,
  config: string,
): Promise<boolean> {
  const data = { '.dockerconfigjson': config };
  const existing = await store.get('secrets', namespace, name);
  if (existing?.data?.['.dockerconfigjson'] === config) return false;
  if (existing) await store.patch('secrets', namespace, name, { data });
  else
    await store.create('secrets', namespace, {
      metadata: { name },
      type: 'kubernetes.io/dockerconfigjson',
      data,
    });
  return true;
}

async function useSecret(store: SecretStore, namespace: string, name: string): Promise<void> {
  const end = performance.now() + ACCOUNT_WAIT_MS;
  for (;;) {
    const account = await store.get('serviceaccounts', namespace, SERVICE_ACCOUNT);
    const used = account?.imagePullSecrets ?? [];
    if (used.some((secret) => secret.name === name)) return;
    const left = end - performance.now();
    if (account === undefined && left > 0) {
      await store.appears('serviceaccounts', namespace, SERVICE_ACCOUNT, left);
      continue;
    }
    try {
      // The list can only be replaced as a whole, so this must be the list that was read.
      const { resourceVersion } = account?.metadata ?? {};
      const body = { metadata: { resourceVersion }, imagePullSecrets: [...used, { name }] };
      return await store.patch('serviceaccounts', namespace, SERVICE_ACCOUNT, body);
    } catch (error) {
      if (!isFailure(error, 'KUBE_CONFLICT') || left < 0) throw error;
    }
  }
}
