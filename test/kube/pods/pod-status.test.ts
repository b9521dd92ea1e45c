import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/kube/api/objects.js';
import { podStatus } from '../../../src/kube/pods/pod-status.js';
import { container, pod, running, terminated, waiting } from '../pods.js';

const init = (...states: Parameters<typeof container>[1][]): Partial<Pod['status']> => ({
  phase: 'Pending',
  containerStatuses: [container('app', waiting('PodInitializing'))],
  initContainerStatuses: states.map((state, index) => container(`init${index}`, state)),
});
const inits = { initContainers: [0, 1].map((index) => ({ name: `init${index}`, image: 'i' })) };
const two = { containers: ['a', 'b'].map((name) => ({ name, image: 'app:1' })) };

describe('podStatus, as kubectl get pods shows it', () => {
  it.each<[string, Pod]>([
    ['Running', pod('x')],
    ['Pending', pod('x', { status: { phase: 'Pending', containerStatuses: [] } })],
    [
      'ContainerCreating',
      pod('x', {
        status: { phase: 'Pending', containerStatuses: [container('app', waiting('ContainerCreating'))] },
      }),
    ],
    [
      'ImagePullBackOff',
      pod('x', {
        status: { phase: 'Pending', containerStatuses: [container('app', waiting('ImagePullBackOff'))] },
      }),
    ],
    [
      'CrashLoopBackOff',
      pod('x', { status: { containerStatuses: [container('app', waiting('CrashLoopBackOff'))] } }),
    ],
    [
      'Completed',
      pod('x', {
        status: { phase: 'Succeeded', containerStatuses: [container('app', terminated(0, 'Completed'))] },
      }),
    ],
    ['Error', pod('x', { status: { containerStatuses: [container('app', terminated(1, 'Error'))] } })],
    [
      'OOMKilled',
      pod('x', { status: { containerStatuses: [container('app', terminated(137, 'OOMKilled'))] } }),
    ],
    ['ExitCode:3', pod('x', { status: { containerStatuses: [container('app', terminated(3))] } })],
    [
      'Signal:9',
      pod('x', { status: { containerStatuses: [container('app', terminated(137, undefined, 9))] } }),
    ],
    ['Evicted', pod('x', { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } })],
    [
      'SchedulingGated',
      pod('x', {
        status: {
          phase: 'Pending',
          containerStatuses: [],
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      }),
    ],
    ['Terminating', pod('x', { metadata: { deletionTimestamp: '2026-01-01T00:00:01Z' } })],
    [
      'Completed',
      pod('x', {
        metadata: { deletionTimestamp: '2026-01-01T00:00:01Z' },
        status: { phase: 'Succeeded', containerStatuses: [container('app', terminated(0, 'Completed'))] },
      }),
    ],
    [
      'Unknown',
      pod('x', { metadata: { deletionTimestamp: '2026-01-01T00:00:01Z' }, status: { reason: 'NodeLost' } }),
    ],
    ['Init:0/2', pod('x', { spec: inits, status: init(running(), waiting('PodInitializing')) })],
    ['Init:1/2', pod('x', { spec: inits, status: init(terminated(0, 'Completed'), running()) })],
    ['Init:CrashLoopBackOff', pod('x', { spec: inits, status: init(waiting('CrashLoopBackOff')) })],
    ['Init:Error', pod('x', { spec: inits, status: init(terminated(1, 'Error')) })],
    ['Init:ExitCode:2', pod('x', { spec: inits, status: init(terminated(2)) })],
    ['Init:Signal:15', pod('x', { spec: inits, status: init(terminated(143, undefined, 15)) })],
    [
      'PodInitializing',
      pod('x', { spec: inits, status: init(terminated(0, 'Completed'), terminated(0, 'Completed')) }),
    ],
    [
      'Running',
      pod('x', {
        spec: { initContainers: [{ name: 'init0', image: 'i', restartPolicy: 'Always' }] },
        status: { initContainerStatuses: [container('init0', running(), { started: true })] },
      }),
    ],
    [
      'Running',
      pod('x', {
        spec: two,
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [container('a', terminated(0, 'Completed')), container('b', running())],
        },
      }),
    ],
    [
      'NotReady',
      pod('x', {
        spec: two,
        status: {
          containerStatuses: [container('a', terminated(0, 'Completed')), container('b', running())],
        },
      }),
    ],
    [
      'Error',
      pod('x', {
        spec: two,
        status: { containerStatuses: [container('a', terminated(1, 'Error')), container('b', running())] },
      }),
    ],
  ])('%s', (expected, one) => {
    expect(podStatus(one)).toBe(expected);
  });
});
