import type { Kube } from '../kube/kubeconfig.js';
import { waitForTarget, type Target } from '../kube/select.js';
import type { Emit } from '../report/events.js';
import { BLIP_MS, isBlip } from './blip.js';
import type { TargetSelector } from './built-images.js';

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
  let told = '';
  const onWaiting = (text: string) => {
    if (text !== told) emit({ type: 'waiting', id, text: (told = text) });
  };
  try {
    for (;;) {
      const left = Math.max(0, end - performance.now());
      try {
        return await waitForTarget(kube, { ...rest, image: images }, { timeoutMs: left, signal, onWaiting });
      } catch (error) {
        signal.throwIfAborted();
        if (!isBlip(error) || performance.now() >= end) throw error;
        onWaiting(error.message);
        await kube.network.pause(BLIP_MS, signal);
      }
    }
  } finally {
    emit({ type: 'waited', id });
  }
}
