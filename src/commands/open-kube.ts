import { loadKube, type Kube } from '../kube/kube.js';
import type { Invocation } from './command.js';

/** The cluster, user and namespace that flags and environment choose. The caller disposes it. Failures as loadKube. */
export function openKube({ env, flags }: Pick<Invocation, 'env' | 'flags'>): Promise<Kube> {
  return loadKube({
    context: flags.kubeContext as string | undefined,
    namespace: flags.namespace as string | undefined,
    env,
  });
}
