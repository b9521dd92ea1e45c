import { describe, expect, it } from 'vitest';
import { orderProfiles, type ProfileHead } from '../../../src/config/profiles/choose.js';

const profiles: ProfileHead[] = [
  { name: 'base' },
  { name: 'staging', parent: 'base' },
  { name: 'production', parents: [{ profile: 'staging' }, { profile: 'secure' }] },
  { name: 'secure', parent: 'base' },
  { name: 'a', parent: 'b' },
  { name: 'b', parents: [{ profile: 'c' }] },
  { name: 'c', parent: 'a' },
  { name: 'lost', parent: 'bas' },
  { name: 'far', parents: [{ profile: 'x', source: { git: 'y' } }] },
];

describe('the order of profiles', () => {
  it.each([
    [[], []],
    [['base'], ['base']],
    [['staging'], ['base', 'staging']],
    [['production'], ['base', 'staging', 'secure', 'production']],
    [
      ['secure', 'staging'],
      ['base', 'secure', 'staging'],
    ],
    [
      ['staging', 'base', 'staging'],
      ['base', 'staging'],
    ],
  ])('of %j is %j', (chosen, expected) => {
    const { order, problems } = orderProfiles(profiles, chosen);
    expect(problems).toEqual([]);
    expect(order.map((index) => profiles[index]?.name)).toEqual(expected);
  });

  it.each([
    ['prodution', { message: 'there is no profile "prodution", did you mean "production"?' }],
    ['a', { at: { index: 6, key: ['parent'] }, message: 'the parents form a circle: a -> b -> c -> a' }],
    [
      'lost',
      { at: { index: 7, key: ['parent'] }, message: 'there is no profile "bas", did you mean "base"?' },
    ],
    ['far', { at: { index: 8, key: ['parents', 0, 'source'] }, code: 'CONFIG_UNSUPPORTED' }],
  ])('of %s is refused', (name, problem) => {
    expect(orderProfiles(profiles, [name]).problems).toMatchObject([problem]);
  });

  it('tells the profiles there are', () => {
    expect(orderProfiles(profiles.slice(0, 2), ['zzzzzz']).problems).toEqual([
      { code: 'CONFIG_INVALID', message: 'there is no profile "zzzzzz"', hint: 'profiles: base, staging' },
    ]);
  });
});
