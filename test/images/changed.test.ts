import { describe, expect, it } from 'vitest';
import { fingerprint, whyBuild, type ChangeFacts } from '../../src/images/changed.js';

const config = {
  image: 'me/app',
  entrypoint: ['a'],
  build: { docker: { options: { buildArgs: { A: '1', B: '2' } } } },
};
const now = fingerprint(config, 'FROM a');
const built = { ...now, contextHash: 'c', imageName: 'me/app', tag: 'abc' };
const base: ChangeFacts = { force: false, previous: built, now, sameCluster: true };

describe('whyBuild', () => {
  it.each<[string | undefined, Partial<ChangeFacts>]>([
    [undefined, {}],
    ['forced', { force: true }],
    ['never built', { previous: undefined }],
    ['never built', { previous: {} }],
    ['never built', { previous: { ...built, tag: '' } }],
    ['Dockerfile changed', { now: fingerprint(config, 'FROM b') }],
    ['entrypoint changed', { now: fingerprint({ ...config, entrypoint: ['b'] }, 'FROM a') }],
    ['entrypoint changed', { now: fingerprint({ ...config, cmd: ['a'] }, 'FROM a') }],
    ['image settings changed', { now: fingerprint({ ...config, tag: 'x' }, 'FROM a') }],
    ['built for another cluster', { sameCluster: false }],
  ])('%s', (reason, change) => {
    expect(whyBuild({ ...base, ...change })).toBe(reason);
  });
});

describe('fingerprint', () => {
  it('does not depend on the order of keys', () => {
    const turned = {
      build: { docker: { options: { buildArgs: { B: '2', A: '1' } } } },
      entrypoint: ['a'],
      image: 'me/app',
    };
    expect(fingerprint(turned, 'FROM a')).toEqual(now);
  });
  it('keeps words apart', () => {
    const of = (entrypoint: string[]): string => fingerprint({ image: 'a', entrypoint }, '').entrypointHash;
    expect(of(['a', 'bc'])).not.toBe(of(['ab', 'c']));
  });
});
