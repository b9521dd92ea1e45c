import { describe, expect, it } from 'vitest';
import { newRun, step, type Run, type RunEvent } from '../../../src/dev/run/run-plan.js';
import type { ServiceStatus } from '../../../src/report/events.js';

const tell = (service: ServiceStatus['service'], state: ServiceStatus['state']): RunEvent => ({
  type: 'service',
  status: { service, name: 'a', state },
});
const [ready, stop, closed] = (['ready', 'stop', 'closed'] as const).map((type): RunEvent => ({ type })) as [
  RunEvent,
  RunEvent,
  RunEvent,
];
/** What comes of events one after the other: the state and the actions of each. */
function play(...events: readonly RunEvent[]): string[] {
  let run: Run = newRun;
  return events.map((event) => {
    const next = step(run, event);
    run = next.run;
    return [run.state, ...next.actions].join(' ');
  });
}

describe('the life of a dev run', () => {
  const works = [tell('sync', 'starting'), tell('sync', 'working'), tell('ports', 'working'), ready];
  it.each<[string, RunEvent[], string[]]>([
    [
      'nothing is lost that has never worked',
      [tell('sync', 'waiting'), ready],
      ['starting', 'running tell-ready'],
    ],
    [
      'one service is lost and comes back',
      [...works, tell('sync', 'waiting'), tell('sync', 'starting'), tell('sync', 'working')],
      ['recovering tell-lost', 'recovering', 'running tell-recovered'],
    ],
    [
      'it is back when all are',
      [
        ...works,
        tell('ports', 'waiting'),
        tell('sync', 'waiting'),
        tell('ports', 'working'),
        tell('sync', 'working'),
      ],
      ['recovering tell-lost', 'recovering', 'recovering', 'running tell-recovered'],
    ],
    [
      'what ends or fails meanwhile is not waited for',
      [...works, tell('sync', 'waiting'), tell('sync', 'failed')],
      ['recovering tell-lost', 'running tell-recovered'],
    ],
    [
      'a replica that starts later is no loss',
      [...works, { type: 'service', status: { service: 'sync', name: 'b', state: 'starting' } }],
      ['running'],
    ],
    [
      'stopped while it starts',
      [stop, ready, tell('sync', 'waiting'), stop, closed],
      ['stopping close', 'stopping', 'stopping', 'stopping', 'stopped'],
    ],
    [
      'stopped while it recovers',
      [...works, tell('sync', 'waiting'), stop, tell('sync', 'working'), closed],
      ['recovering tell-lost', 'stopping close', 'stopping', 'stopped'],
    ],
  ])('%s', (_name, events, steps) => {
    expect(play(...events).slice(-steps.length)).toEqual(steps);
  });

  it.each<[string, RunEvent[]]>([
    ['ready twice', [ready, ready]],
    ['closed without a stop', [closed]],
    ['ready after its end', [stop, closed, ready]],
    ['closed twice', [stop, closed, closed]],
  ])('throws on %s', (_name, events) => {
    expect(() => play(...events)).toThrow('illegal transition');
  });
});
