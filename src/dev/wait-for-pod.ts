import type { Kube } from '../kube/kubeconfig.js';
import { waitForTarget, type Target } from '../kube/select.js';
import type { Emit } from '../report/events.js';
import type { TargetSelector } from './built-images.js';

export interface WaitForPodOptions {
  timeoutMs: number;
  emit: Emit;
  signal: AbortSignal;
}

/** {@link waitForTarget} with its progress told as events. `id` tells concurrent waits apart. */
export async function waitForPod(
  kube: Kube,
  selector: TargetSelector,
  id: string,
  options: WaitForPodOptions,
): Promise<Target> {
  const { emit, signal, timeoutMs } = options;
  const { images, ...rest } = selector;
  try {
    return await waitForTarget(
      kube,
      { ...rest, image: images },
      { timeoutMs, signal, onWaiting: (text) => emit({ type: 'waiting', id, text }) },
    );
  } finally {
    emit({ type: 'waited', id });
  }
}
