import { describe, expect, it } from 'vitest';
import type { ContainerStatus } from '../../../src/kube/api/objects.js';
import { containerTrouble, podTrouble } from '../../../src/kube/pods/pod-trouble.js';
import { container, pod, running, terminated, waiting } from '../pods.js';

describe('containerTrouble', () => {
  it.each<[string | undefined, ContainerStatus]>([
    [undefined, container('app', running())],
    [undefined, container('app', undefined)],
    [undefined, container('app', waiting('ContainerCreating'))],
    [undefined, container('app', terminated(0, 'Completed'))],
    [
      'container "app" is in CrashLoopBackOff: exited with 1, 3 restarts',
      container('app', waiting('CrashLoopBackOff', 'back-off 40s restarting'), {
        restartCount: 3,
        lastState: terminated(1, 'Error'),
      }),
    ],
    [
      'container "app" is in CrashLoopBackOff: exited with 137, OOMKilled, 1 restart',
      container('app', waiting('CrashLoopBackOff'), {
        restartCount: 1,
        lastState: terminated(137, 'OOMKilled'),
      }),
    ],
    [
      'container "app" is in ImagePullBackOff: Back-off pulling image "x"',
      container('app', waiting('ImagePullBackOff', 'Back-off pulling image "x"\nmore')),
    ],
    ['container "app" is in Error: exited with 2', container('app', terminated(2, 'Error'))],
    ['container "app" is in Error: killed by signal 9', container('app', terminated(137, undefined, 9))],
  ])('%s', (text, status) => {
    expect(containerTrouble(status)?.text).toBe(text);
  });

  it('knows what cannot pass by itself', () => {
    expect(containerTrouble(container('app', waiting('InvalidImageName')))?.permanent).toBe(true);
    const misnamed = waiting(
      'ErrImagePull',
      'failed to parse image reference "A:1": invalid reference format',
    );
    expect(containerTrouble(container('app', misnamed))?.permanent).toBe(true);
    expect(containerTrouble(container('app', waiting('ErrImagePull')))?.permanent).toBe(false);
  });
});

describe('podTrouble', () => {
  it('looks at init containers first', () => {
    const status = {
      initContainerStatuses: [container('setup', waiting('CrashLoopBackOff'))],
      containerStatuses: [container('app', waiting('PodInitializing'))],
    };
    expect(podTrouble(pod('x', { status }))?.container).toBe('setup');
  });

  it('tells why a whole pod failed', () => {
    const status = {
      phase: 'Failed' as const,
      reason: 'Evicted',
      message: 'low on memory',
      containerStatuses: [],
    };
    expect(podTrouble(pod('x', { status }))?.text).toBe('the pod has failed: Evicted, low on memory');
  });
});
