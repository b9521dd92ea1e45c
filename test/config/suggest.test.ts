import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/config/suggest.js';

describe('nearest', () => {
  it.each([
    ['imge', ['image', 'tag'], 'image'],
    ['iamge', ['image', 'tag'], 'image'],
    ['Image', ['image'], 'image'],
    ['remoteport', ['port', 'remotePort'], 'remotePort'],
    ['depoyments', ['deployments', 'dependencies'], 'deployments'],
    ['xyz', ['image', 'tag'], undefined],
    ['a', ['b', 'c'], 'b'],
    ['ab', ['cd'], undefined],
    ['image', [], undefined],
    ['x'.repeat(10_000), ['image'], undefined],
  ])('%s of %j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});

describe('editDistance', () => {
  const word = fc.string({ maxLength: 8 });

  it('is a distance', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).toBe(a === b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });

  it('counts a swap of neighbours as one', () => {
    expect([
      editDistance('ab', 'ba'),
      editDistance('image', 'imgae'),
      editDistance('kitten', 'sitting'),
    ]).toEqual([1, 1, 3]);
  });
});
