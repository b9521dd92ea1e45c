import { expect, it } from 'vitest';
import { Heartbeat } from '../../../src/sync/remote/heartbeat.js';
import { until } from '../../rig/until.js';

it('pings for as long as something is heard', async () => {
  const pings: number[] = [];
  let dead = 0;
  const answer = (nonce: number) => {
    pings.push(nonce);
    heartbeat.heard();
  };
  using heartbeat = new Heartbeat(answer, () => (dead += 1), 4);
  await until('five pings', () => pings.length >= 5);
  expect(pings.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(dead).toBe(0);
});

it('tells when nothing is heard until the beat after a ping', async () => {
  const told: (number | string)[] = [];
  using _heartbeat = new Heartbeat(
    () => told.push('ping'),
    (seconds) => told.push(seconds),
    20,
  );
  await until('the end', () => told.length >= 2);
  expect(told.slice(0, 2)).toEqual(['ping', 0.02]);
});
