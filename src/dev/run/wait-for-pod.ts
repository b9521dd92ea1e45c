import type { Kube } from '../../kube/kube.js';
import { waitForTarget, type Target } from '../../kube/select/select.js';
import type { Emit } from '../../report/events.js';
import { BLIP_MS, isBlip } from './blip.js';
import type { TargetSelector } from '../images/built-images.js';

export interface WaitForPodOptions {
  timeoutMs: number;
  emit: Emit;
  signal: AbortSignal;
}

/**
 * {@link waitForTarget} with its progress told as events, also over moments in which the API server does not answer. `id` tells concurrent waits
 * apart.
 */
export async function waitForPod(
  kube: Kube,
  selector: TargetSelector,
  id: string,
  options: WaitForPodOptions,
): Promise<Target> {
  const { emit, signal, timeoutMs } = options;
  const { images, ...rest } = selector;
  const end = performance.now() + timeoutMs;
  const service = { type: 'service', service: 'target', name: nameOf(selector) } as const;
  let told = '';
  const onWaiting = (text: string) => {
    if (text === told) return;
    emit({ type: 'waiting', id, text: (told = text) });
    emit({ ...service, state: 'waiting', reason: text });
  };
  try {
    for (;;) {
      const left = Math.max(0, end - performance.now());
      try {
        const wanted = { ...rest, image: images };
        const target = await waitForTarget(kube, wanted, { timeoutMs: left, signal, onWaiting });
        const { container, namespace, pod } = target;
        emit({ ...service, state: 'working', namespace, pod, container });
        return target;
      } catch (error) {
        signal.throwIfAborted();
        if (!isBlip(error) || performance.now() >= end) throw error;
        onWaiting(error.message);
        await kube.network.pause(BLIP_MS, signal);
      }
    }
  } catch (error) {
    // Whether that is the end of more than this wait, those know who wait.
    if (told !== '') emit({ ...service, state: 'ended' });
    throw error;
  } finally {
    emit({ type: 'waited', id });
  }
}

/** What a target is called by those who watch: what selects it. */
function nameOf({ container, images = [], labelSelector = {}, pod }: TargetSelector): string {
  const labels = Object.entries(labelSelector).map(([label, value]) => `${label}=${value}`);
  const what = [pod ?? '', labels.join(','), ...images, container ?? ''].filter((one) => one !== '');
  return what.join(' ') || 'any container';
}
