import { describe, expect, it } from 'vitest';
import { lossOf } from '../../../src/dev/terminal/terminal-loss.js';
import { replacementOf } from '../../../src/dev/terminal/replacement.js';
import type { Pod } from '../../../src/kube/api/objects.js';
import { container, pod, running, terminated } from '../../kube/pods.js';

const before = pod('web-1');
const target = { namespace: 'ns', pod: 'web-1', container: 'app', podObject: before };
const restarted = (reason: string, exitCode: number): Partial<Pod['status']> => ({
  containerStatuses: [
    container('app', running(), {
      containerID: 'containerd://next',
      restartCount: 1,
      lastState: terminated(exitCode, reason),
    }),
  ],
});

describe('lossOf', () => {
  it.each<[string, Pod | undefined, string | undefined]>([
    ['as before', pod('web-1'), undefined],
    ['gone', undefined, 'POD_GONE pod web-1 was deleted'],
    ['another of that name', pod('web-1', { metadata: { uid: 'other' } }), 'POD_GONE pod web-1 was deleted'],
    [
      'on its way out',
      pod('web-1', { metadata: { deletionTimestamp: '2026-01-01T00:01:00Z' } }),
      'POD_GONE pod web-1 is being deleted',
    ],
    [
      'evicted',
      pod('web-1', { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } }),
      'POD_GONE pod web-1 was evicted',
    ],
    [
      'out of memory',
      pod('web-1', { status: restarted('OOMKilled', 137) }),
      'CONTAINER_RESTARTED container app of pod web-1 ended (OOMKilled)',
    ],
    [
      'crashed',
      pod('web-1', { status: restarted('Error', 3) }),
      'CONTAINER_RESTARTED container app of pod web-1 ended (exit code 3)',
    ],
    [
      'not running any more',
      pod('web-1', { status: { containerStatuses: [container('app', terminated(0, 'Completed'))] } }),
      'CONTAINER_RESTARTED container app of pod web-1 ended (Completed)',
    ],
  ])('%s', (_name, now, expected) => {
    const loss = lossOf(target, now);
    expect(loss && `${loss.code} ${loss.text}`).toBe(expected);
  });
});

describe('replacementOf', () => {
  const owned = (kind: string, labels: Record<string, string>): Pod =>
    pod('web-1', {
      metadata: { labels, ownerReferences: [{ kind, name: 'web', uid: 'u', controller: true }] },
    });
  const notContainerId = 'containerd://app';
  const inPod = {
    namespace: 'ns',
    container: 'app',
    pod: 'web-1',
    labelSelector: undefined,
    images: undefined,
    notContainerId,
  };

  it('is the same pod when only its container ended', () => {
    expect(replacementOf(before, 'app', { isGone: false })).toEqual(inPod);
  });

  it('is a pod of the same controller, of whatever generation', () => {
    const web = owned('ReplicaSet', { app: 'web', 'pod-template-hash': '6d4' });
    expect(replacementOf(web, 'app', { isGone: true })).toEqual({
      namespace: 'ns',
      container: 'app',
      labelSelector: { app: 'web' },
      images: undefined,
      notContainerId,
    });
  });

  it('is of the same name in a stateful set', () => {
    expect(replacementOf(owned('StatefulSet', { app: 'web' }), 'app', { isGone: true })).toEqual(inPod);
  });

  it.each<[string, Pod]>([
    ['has no controller', pod('web-1', { metadata: { labels: { app: 'web' } } })],
    ['belongs to a job', owned('Job', { 'job-name': 'x' })],
    ['has no lasting labels', owned('ReplicaSet', { 'pod-template-hash': '6d4' })],
  ])('is nothing when the pod %s', (_name, gone) => {
    expect(replacementOf(gone, 'app', { isGone: true })).toBeUndefined();
  });
});
