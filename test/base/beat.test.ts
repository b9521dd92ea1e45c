import { expect, it } from 'vitest';
import { untilBeat } from '../../src/base/beat.js';

it.each([
  [5000, 0, 5000],
  [5000, 1000, 4000],
  [5000, 3750, 1250],
  // Too near, or the timer came early: the one after.
  [5000, 3751, 6249],
  [5000, 9999.5, 5000.5],
  [5000, 10_000.5, 4999.5],
  [1000, 10_000.5, 999.5],
])('every %i ms, at %f: in %f', (everyMs, nowMs, ms) => {
  expect(untilBeat(everyMs, nowMs)).toBeCloseTo(ms);
});

it('makes different intervals meet', () => {
  const now = 7300;
  expect((now + untilBeat(30_000, now)) % 5000).toBe(0);
  expect((now + untilBeat(5000, now)) % 1000).toBe(0);
});
