import { describe, expect, it } from 'vitest';

import { findDanger, removalHold, removalsDueIn } from '../../../src/sync/core/safety.js';
import { diverged } from './model.js';

describe('an emptied side', () => {
  const base = { a: '1', 'd/b': '2' };
  const dangerOf = (...args: Parameters<typeof diverged>) => {
    const model = diverged(...args);
    return findDanger(model.ledger, model.planAll(), new Set());
  };

  it.each([
    [
      'the container',
      {},
      { a: undefined, d: undefined },
      { danger: 'emptied', side: 'remote', files: 2, examples: ['a', 'd/b'] },
    ],
    [
      'the container, but for directories',
      {},
      { a: undefined, 'd/b': undefined },
      { danger: 'emptied', side: 'remote', files: 2, examples: ['a', 'd/b'] },
    ],
    [
      'here',
      { a: undefined, d: undefined },
      {},
      { danger: 'emptied', side: 'local', files: 2, examples: ['a', 'd/b'] },
    ],
    ['almost', {}, { d: undefined }, undefined],
    ['both, agreed', { a: undefined, d: undefined }, { a: undefined, d: undefined }, undefined],
  ])('%s', (_, local, remote, expected) => {
    expect(dangerOf(base, local, remote)).toEqual(expected);
  });

  it('is no danger when the container is a new one', () => {
    expect(dangerOf(base, {}, { a: undefined, d: undefined }, { replaced: true })).toBeUndefined();
  });

  it('may have had a single file', () => {
    expect(dangerOf({ a: '1' }, { a: undefined }, {})).toBeUndefined();
  });
});

describe('held removals', () => {
  const { quietMs, longestMs } = removalHold;
  it.each([
    ['are due when none came for a while', { count: 5, first: 0, last: 0 }, quietMs, 0],
    ['wait for quiet', { count: 5, first: 0, last: 80 }, 100, quietMs - 20],
    ['that are few do not wait for ever', { count: 5, first: 0, last: longestMs }, longestMs, 0],
    ['that are many wait for their end', { count: 500, first: 0, last: longestMs }, longestMs, quietMs],
  ])('%s', (_, held, now, expected) => {
    expect(removalsDueIn(held, 1000, now)).toBe(expected);
  });
});
