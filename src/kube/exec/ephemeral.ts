import { Failure } from '../../base/failure.js';
import { kubectl } from '../api/api-failure.js';
import { corePath } from '../api/api-paths.js';
import { planEphemeral, type EphemeralWish } from './ephemeral-plan.js';
import type { Kube } from '../kube.js';
import type { Pod } from '../api/objects.js';
import { containerTrouble } from '../pods/pod-trouble.js';
import { getObject, patchObject } from '../api/rest.js';
import { watchObjects } from '../api/watch.js';

export interface EphemeralOptions extends EphemeralWish {
  namespace: string;
  pod: string;
  signal: AbortSignal;
  /** How long its start may take, its image's download included. Default 60 s. */
  timeoutMs?: number | undefined;
}

/**
 * Makes sure that an ephemeral container as wished for runs in a pod, and resolves with its name. It stays until its command ends; the pod lists it
 * for ever.
 *
 * Throws EPHEMERAL_FORBIDDEN (by RBAC or admission), EPHEMERAL_UNSUPPORTED (the server has none), EPHEMERAL_FAILED (it does not start), failures of
 * the requests, KUBE_NOT_FOUND for a pod that is gone, and the signal's reason.
 */
export async function ensureEphemeral(kube: Kube, options: EphemeralOptions): Promise<string> {
  const { namespace, pod: name, signal } = options;
  const pod = await getObject<Pod>(kube, corePath('pods', { namespace, name }), { signal });
  const plan = planEphemeral(pod, options);
  if (plan.kind === 'use') return running(kube, options, plan.name);
  const path = corePath('pods', { namespace, name, subresource: 'ephemeralcontainers' });
  const body = { spec: { ephemeralContainers: [plan.container] } };
  await patchObject(kube, path, 'strategic-merge', body, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw explained(kube, options, error);
  });
  return running(kube, options, plan.container.name);
}

async function running(kube: Kube, options: EphemeralOptions, name: string): Promise<string> {
  const { namespace, pod, signal, timeoutMs = 60_000 } = options;
  const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
  const watched = { fieldSelector: `metadata.name=${pod}`, signal: AbortSignal.any([signal, limit]) };
  let last = 'it has not been started yet';
  try {
    for await (const pods of watchObjects<Pod>(kube, corePath('pods', { namespace }), watched)) {
      const [found] = pods.values();
      if (found === undefined) throw gone(kube, options);
      const status = found.status.ephemeralContainerStatuses?.find((one) => one.name === name);
      const state = status?.state;
      if (state?.running) return name;
      const trouble = status && containerTrouble(status);
      if (trouble) throw failed(kube, options, trouble.text);
      if (state?.terminated)
        throw failed(kube, options, `it ended at once with exit code ${state.terminated.exitCode}`);
      last = state?.waiting?.message ?? state?.waiting?.reason ?? last;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted)
      throw failed(kube, options, `it did not start within ${timeoutMs / 1000} s: ${last}`, error);
    throw error;
  }
  // A watch has no end of its own.
  throw gone(kube, options);
}

function explained(kube: Kube, options: EphemeralOptions, error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const { namespace } = options;
  if (error.code === 'KUBE_FORBIDDEN') {
    const byPolicy = /violates PodSecurity|admission/.test(error.message);
    return new Failure({
      code: 'EPHEMERAL_FORBIDDEN',
      message: byPolicy
        ? `the cluster's policy does not admit an ephemeral container: ${error.message}`
        : `an ephemeral container needs the permission to patch pods/ephemeralcontainers in namespace ${namespace}`,
      hint: kubectl(kube, `auth can-i patch pods --subresource=ephemeralcontainers -n ${namespace}`),
      details: [error.message],
      cause: error,
    });
  }
  const hasNone =
    (error.code === 'KUBE_NOT_FOUND' && /could not find the requested resource/i.test(error.message)) ||
    /ephemeral containers are disabled/i.test(error.message);
  if (!hasNone) return error;
  return new Failure({
    code: 'EPHEMERAL_UNSUPPORTED',
    message: 'the cluster has no ephemeral containers (Kubernetes has them since 1.25)',
    details: [error.message],
    cause: error,
  });
}

function failed(kube: Kube, options: EphemeralOptions, text: string, cause?: unknown): Failure {
  return new Failure({
    code: 'EPHEMERAL_FAILED',
    message: `the ephemeral container with image ${options.image} does not start: ${text}`,
    subject: options.image,
    hint: kubectl(kube, `describe pod ${options.pod} -n ${options.namespace}`),
    cause,
  });
}

const gone = (kube: Kube, { namespace, pod }: EphemeralOptions): Failure =>
  new Failure({
    code: 'KUBE_NOT_FOUND',
    message: `There is no pod ${namespace}/${pod} any more`,
    subject: pod,
    hint: kubectl(kube, `get pods -n ${namespace}`),
  });
