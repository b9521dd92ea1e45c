import { expect, it } from 'vitest';
import { watchEnd } from '../../src/cli/late-end.js';
import type { Event, Reporter, ServiceStatus } from '../../src/report/events.js';
import { until } from '../rig/until.js';

function rig() {
  const told: (Event | 'closed')[] = [];
  const reporter: Reporter = {
    handle: (event) => told.push(event),
    log: { write: () => undefined },
    close: () => told.push('closed'),
  };
  return { told, reporter };
}
const service = (kind: ServiceStatus['service'], name: string, state: ServiceStatus['state']): Event => ({
  type: 'service',
  service: kind,
  name,
  state,
});

it('an end that takes long is told of, with what it waits for, and cut off', async () => {
  const { reporter, told } = rig();
  const stop = new AbortController();
  let isCut = false;
  const late = watchEnd(reporter, { signal: stop.signal, cut: () => (isCut = true), tellMs: 1, cutMs: 50 });
  late.handle(service('network', 'https://c', 'working'));
  late.handle(service('ports', '127.0.0.1:1 -> 2', 'working'));
  late.handle(service('sync', './a <-> /b', 'working'));
  late.handle(service('logs', '', 'waiting'));
  stop.abort();
  late.handle(service('sync', './a <-> /b', 'ended'));
  await until('the cut', () => isCut);
  expect(told.slice(5)).toEqual([
    { type: 'waiting', id: 'end', text: 'for ports 127.0.0.1:1 -> 2, logs to end' },
    { type: 'note', level: 'info', text: 'Ctrl-C again ends at once' },
    {
      type: 'warning',
      code: 'END_CUT',
      text: 'ports 127.0.0.1:1 -> 2, logs did not end within 0.05 s: ended without waiting any longer',
    },
    'closed',
  ]);
});

it('nothing is told of a run that is not to end, or that has ended', async () => {
  const { reporter, told } = rig();
  const stop = new AbortController();
  let isCut = false;
  const options = { signal: stop.signal, cut: () => (isCut = true), tellMs: 1, cutMs: 1 };
  {
    using _ended = watchEnd(reporter, options);
    stop.abort();
  }
  // Begun later, and so its time is up later.
  const { reporter: other, told: toldOther } = rig();
  using _goesOn = watchEnd(reporter, { ...options, signal: new AbortController().signal });
  using _late = watchEnd(other, { ...options, cut: () => {} });
  await until('the other', () => toldOther.includes('closed'));
  expect(told).toEqual([]);
  expect(isCut).toBe(false);
});
