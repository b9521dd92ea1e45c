import type { PortsConfig } from '../config/schema.js';
import { startForward, type Mapping } from '../kube/forward.js';
import type { Kube } from '../kube/kubeconfig.js';
import { selectorFor, type ImageRefs } from './built-images.js';
import { waitForPod, type WaitForPodOptions } from './wait-for-pod.js';

/** The mappings of one dev.ports entry with the defaults filled in. */
export function mappingsOf(entry: PortsConfig): Mapping[] {
  return entry.forward.map(({ port, remotePort, bindAddress }) => ({
    port,
    remotePort: remotePort ?? port,
    bindAddress: bindAddress ?? '127.0.0.1',
  }));
}

/**
 * Forwards the ports of one dev.ports entry, once its pod runs; a replaced pod is found anew when a connection needs it. Dispose to close.
 */
export async function startEntryForward(
  kube: Kube,
  entry: PortsConfig,
  refs: ImageRefs,
  options: WaitForPodOptions,
): Promise<AsyncDisposable> {
  const { emit, signal } = options;
  const selector = selectorFor(entry, refs);
  const mappings = mappingsOf(entry);
  const id = `ports ${mappings.map(({ port }) => port).join(',')}`;
  let known = await waitForPod(kube, selector, id, options).then(
    (target) => target as { namespace: string; pod: string } | undefined,
  );
  const first = known?.pod ?? '';

  const forward = await startForward(kube, {
    mappings,
    signal,
    resolvePod: async (connection: AbortSignal) => {
      const target = known ?? (await waitForPod(kube, selector, id, { ...options, signal: connection }));
      // Used once: when it is asked for again, the pod did not answer.
      known = undefined;
      return { namespace: target.namespace, name: target.pod };
    },
    onConnectionError: (failure) =>
      emit({
        type: 'warning',
        code: failure.code,
        text: failure.message,
        subject: first,
        ...(failure.hint ? { hint: failure.hint } : {}),
      }),
  });
  const shown = mappings.map(
    ({ port, remotePort, bindAddress }) => `${bindAddress}:${port} -> ${remotePort}`,
  );
  const service = { type: 'service', service: 'ports', name: shown.join(', ') } as const;
  emit({ type: 'forward', state: 'started', pod: first, mappings: shown });
  emit({ ...service, state: 'working', pod: first });
  return {
    async [Symbol.asyncDispose]() {
      await forward[Symbol.asyncDispose]();
      emit({ type: 'forward', state: 'stopped', pod: first, mappings: shown });
      emit({ ...service, state: 'ended' });
    },
  };
}
