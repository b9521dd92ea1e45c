import type { PortsConfig } from '../config/schema.js';
import { addressText, startForward, type Mapping } from '../kube/forward/forward.js';
import type { Kube } from '../kube/kubeconfig.js';
import { selectorFor, type ImageRefs } from './built-images.js';
import type { LogFile } from '../state/log-file.js';
import { waitForPod, type WaitForPodOptions } from './wait-for-pod.js';

/** The mappings of one dev.ports entry with the defaults filled in. */
export function mappingsOf(entry: PortsConfig): Mapping[] {
  return entry.forward.map(({ port, remotePort, bindAddress }) => ({
    port,
    remotePort: remotePort ?? port,
    // As in a URL or without brackets.
    bindAddress: bindAddress?.replace(/^\[(.*)\]$/, '$1') ?? '127.0.0.1',
  }));
}

export interface EntryForwardOptions extends WaitForPodOptions {
  /** `.devspace/logs/portforwarding.log`. */
  log: LogFile;
}

/**
 * Forwards the ports of one dev.ports entry, once its pod runs, and from then on to whichever pod takes its place. Dispose to close. What happens to
 * it, and to each connection that fails, is written to the log.
 */
export async function startEntryForward(
  kube: Kube,
  entry: PortsConfig,
  refs: ImageRefs,
  options: EntryForwardOptions,
): Promise<AsyncDisposable> {
  const { emit, log, signal } = options;
  const { images, ...selector } = selectorFor(entry, refs);
  const mappings = mappingsOf(entry);
  const shown = mappings.map(
    ({ port, remotePort, bindAddress }) => `${addressText(bindAddress, port)} -> ${remotePort}`,
  );
  const ports = shown.join(', ');
  const service = { type: 'service', service: 'ports', name: ports } as const;
  const first = await waitForPod(kube, { ...selector, images }, `ports ${ports}`, options);

  let now: string | undefined = first.pod;
  const onPod = (pod: string | undefined): void => {
    if (pod === now) return;
    now = pod;
    log.write('info', pod ? `connections go to pod ${pod} from now on` : 'no pod is ready', { ports });
    if (pod) emit({ ...service, state: 'working', pod });
    else emit({ ...service, state: 'waiting', reason: 'no pod is ready' });
  };
  const forward = await startForward(kube, {
    mappings,
    selector: { ...selector, image: images },
    signal,
    onPod,
    onConnectionError: (failure, pod, isNew) => {
      const fields = { ports, ...(pod ? { pod } : {}), code: failure.code };
      log.write('error', [failure.message, ...failure.details].join('; '), fields);
      if (!isNew) return;
      const hint = failure.hint ? { hint: failure.hint } : {};
      emit({
        type: 'warning',
        code: failure.code,
        text: failure.message,
        subject: pod ?? first.pod,
        ...hint,
      });
    },
  });
  log.write('info', `forwards to pod ${first.pod}`, { ports, namespace: first.namespace });
  emit({ type: 'forward', state: 'started', pod: first.pod, mappings: shown });
  emit({ ...service, state: 'working', pod: first.pod });
  return {
    async [Symbol.asyncDispose]() {
      await forward[Symbol.asyncDispose]();
      log.write('info', 'stopped', { ports });
      emit({ type: 'forward', state: 'stopped', pod: now ?? first.pod, mappings: shown });
      emit({ ...service, state: 'ended' });
    },
  };
}
