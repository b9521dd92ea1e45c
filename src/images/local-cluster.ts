import { parseImageReference } from '../base/image-reference.js';

/**
 * How a built image gets to the nodes: pushed to its registry; or not at all because the cluster uses the daemon that built it; or loaded into
 * the nodes of a kind or k3d cluster. `daemon` says who builds.
 */
export type Delivery =
  | { readonly kind: 'push'; readonly daemon: 'default' }
  | { readonly kind: 'none'; readonly daemon: 'default' | 'minikube'; readonly reason: string }
  | {
      readonly kind: 'load';
      readonly daemon: 'default';
      readonly tool: 'kind' | 'k3d';
      readonly cluster: string;
    };

export interface DeliveryFacts {
  /** Name of the kube context; undefined when no cluster is involved. */
  readonly context: string | undefined;
  readonly image: string;
  /** `--skip-push` or `build.docker.skipPush`. */
  readonly skipPush: boolean;
  /** `build.docker.preferMinikube`: false treats every cluster as a remote one. */
  readonly preferMinikube: boolean;
  /** Tools found on PATH. */
  readonly has: (tool: 'minikube' | 'kind' | 'k3d') => boolean;
}

// Docker Desktop's cluster runs on the very daemon that builds.
const SHARED_DAEMON = new Set(['docker-desktop', 'docker-for-desktop']);

/** The decision for one image: a pure table. */
export function planDelivery(facts: DeliveryFacts): Delivery {
  const { context = '', preferMinikube, skipPush } = facts;
  if (preferMinikube) {
    if (context === 'minikube' && facts.has('minikube'))
      return { kind: 'none', daemon: 'minikube', reason: 'built in minikube' };
    if (SHARED_DAEMON.has(context))
      return { kind: 'none', daemon: 'default', reason: `${context} shares its images` };
    const [, tool, cluster] = /^(kind|k3d)-(.+)$/.exec(context) ?? [];
    if ((tool === 'kind' || tool === 'k3d') && cluster && facts.has(tool) && !isLocalRegistry(facts.image))
      return { kind: 'load', daemon: 'default', tool, cluster };
  }
  return skipPush
    ? { kind: 'none', daemon: 'default', reason: 'push is off' }
    : { kind: 'push', daemon: 'default' };
}

/** True for a context whose images live on this machine, so that a build for another cluster does not reach it. */
export function isLocalContext(context: string): boolean {
  return context === 'minikube' || SHARED_DAEMON.has(context) || /^(kind|k3d)-./.test(context);
}

// Clusters of kind and k3d are often set up with a registry beside them, which is faster than loading.
function isLocalRegistry(image: string): boolean {
  const host = (parseImageReference(image)?.registry ?? '').replace(/:\d+$/, '');
  return /^(localhost|127(\.\d+){3}|\[::1\]|host\.docker\.internal|(kind|k3d)-.*)$|\.localhost$/.test(host);
}
