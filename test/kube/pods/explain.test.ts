import { describe, expect, it } from 'vitest';
import { describeEvents } from '../../../src/kube/pods/explain.js';
import type { KubeEvent } from '../../../src/kube/api/objects.js';

const event = (message: string, second: number, more: Partial<KubeEvent> = {}): KubeEvent => ({
  metadata: { name: message, uid: message, creationTimestamp: '' },
  type: 'Warning',
  reason: 'Failed',
  message,
  lastTimestamp: `2026-01-01T00:00:0${second}Z`,
  involvedObject: {},
  ...more,
});

describe('describeEvents', () => {
  it('shows each text once with its count, newest last, only the newest', () => {
    const events = [
      event('b', 2, { count: 3 }),
      event('a', 1),
      event('c', 5, { lastTimestamp: null, eventTime: '2026-01-01T00:00:05.5Z' }),
      event('b', 4, { series: { count: 4, lastObservedTime: '2026-01-01T00:00:06Z' } }),
    ];
    expect(describeEvents(events, 2)).toEqual(['Warning Failed: c', 'Warning Failed: b (7 times)']);
    expect(describeEvents(events)[0]).toBe('Warning Failed: a');
  });
});
