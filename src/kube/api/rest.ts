import { Failure, isFailure, messageOf } from '../../base/failure.js';
import { withQuery, type Query } from './api-paths.js';
import type { ApiServer } from '../access/kubeconfig.js';
import type { KubeList } from './objects.js';
import { openRequest, readText, type ApiRequest } from './request.js';

export interface RestOptions {
  signal?: AbortSignal | undefined;
  /** For the head of the answer and again for its body; default 30 s each. */
  timeoutMs?: number | undefined;
  query?: Query | undefined;
}

export interface Listed<T> {
  items: T[];
  /** Of the list as a whole: where a watch goes on from. */
  resourceVersion: string;
}

/** How a patch is meant, by its content type. */
export type PatchKind = 'strategic-merge' | 'merge' | 'json' | 'apply';

const patchTypes: Record<PatchKind, string> = {
  'strategic-merge': 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  // Server-side apply takes JSON as well, for JSON is YAML.
  apply: 'application/apply-patch+yaml',
};

const pageSize = 500;

/*
 * One object or list at a time, as JSON. Paths come from api-paths.ts. Failures: see openRequest; absence is KUBE_NOT_FOUND, a taken name or a
 * lost race KUBE_CONFLICT. `T` is believed, not checked: the server's schema is the contract.
 */

export async function getObject<T>(kube: ApiServer, path: string, options: RestOptions = {}): Promise<T> {
  return json<T>(kube, { method: 'GET', path }, options);
}

/**
 * All objects of a list, fetched in pages of 500; in one piece when the server has forgotten the first page while the others were fetched, as it does
 * after some minutes.
 */
export async function listObjects<T>(
  kube: ApiServer,
  path: string,
  options: RestOptions & { labelSelector?: string | undefined; fieldSelector?: string | undefined } = {},
): Promise<Listed<T>> {
  const { labelSelector, fieldSelector, query, ...rest } = options;
  const fetch = (part: Query): Promise<KubeList<T>> =>
    json(
      kube,
      { method: 'GET', path },
      { ...rest, query: { ...query, labelSelector, fieldSelector, ...part } },
    );
  let page = await fetch({ limit: pageSize });
  const items = [...page.items];
  while (page.metadata.continue) {
    try {
      page = await fetch({ limit: pageSize, continue: page.metadata.continue });
    } catch (error) {
      if (!isFailure(error, 'KUBE_GONE')) throw error;
      page = await fetch({});
      items.length = 0;
    }
    for (const item of page.items) items.push(item);
  }
  return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
}

export async function createObject<T>(
  kube: ApiServer,
  path: string,
  body: unknown,
  options: RestOptions = {},
): Promise<T> {
  return json<T>(kube, { method: 'POST', path, body: JSON.stringify(body) }, options);
}

export async function patchObject<T>(
  kube: ApiServer,
  path: string,
  kind: PatchKind,
  body: unknown,
  options: RestOptions = {},
): Promise<T> {
  return json<T>(
    kube,
    { method: 'PATCH', path, body: JSON.stringify(body), contentType: patchTypes[kind] },
    options,
  );
}

/**
 * Deletes; the answer comes before the object is gone when it has finalizers or a grace period. KUBE_CONFLICT when it is not the one that
 * `preconditions` name.
 */
export async function deleteObject(
  kube: ApiServer,
  path: string,
  options: RestOptions & { preconditions?: { uid?: string; resourceVersion?: string | undefined } } = {},
): Promise<void> {
  const { preconditions, ...rest } = options;
  const body = preconditions && JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', preconditions });
  await json(kube, { method: 'DELETE', path, body }, rest);
}

async function json<T>(kube: ApiServer, request: ApiRequest, options: RestOptions): Promise<T> {
  const { signal, timeoutMs, query } = options;
  const response = await openRequest(kube, {
    ...request,
    path: withQuery(request.path, query),
    signal,
    timeoutMs,
  });
  const text = await readText(kube, response, timeoutMs);
  signal?.throwIfAborted();
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Failure({
      code: 'KUBE_API_ERROR',
      message: `${kube.server} answered ${request.method} ${request.path} with something that is not JSON: ${messageOf(error)}`,
      subject: kube.server,
      hint: 'Check that the server in the kubeconfig is a Kubernetes API server: kubectl cluster-info',
      cause: error,
    });
  }
}
