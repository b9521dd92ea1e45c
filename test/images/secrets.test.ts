import { describe, expect, it } from 'vitest';
import { maskBuildArgs, passBuildArgs } from '../../src/images/secrets.js';

describe('passBuildArgs', () => {
  it('keeps values out of the command line, except for names that docker itself listens to', () => {
    const result = passBuildArgs({ NPM_TOKEN: 'x', HTTP_PROXY: 'p', DOCKER_HOST: 'h', PATH: '/' });
    expect(result.env).toEqual({ NPM_TOKEN: 'x' });
    expect(result.args).toEqual(
      ['NPM_TOKEN', 'HTTP_PROXY=p', 'DOCKER_HOST=h', 'PATH=/'].flatMap((arg) => ['--build-arg', arg]),
    );
  });
  it('is empty without arguments', () => {
    expect(passBuildArgs()).toEqual({ args: [], env: {} });
  });
});

describe('maskBuildArgs', () => {
  it.each([
    [{ NPM_TOKEN: 'abcdef' }, 'x abcdef y abcdef', 'x *** y ***'],
    [{ db_password: 'p.*$&' }, 'p.*$& pxx$&', '*** pxx$&'],
    [{ VERSION: 'abcdef' }, 'abcdef', 'abcdef'],
    [{ TOKEN: 'abc' }, 'abc', 'abc'],
    [{}, 'abc', 'abc'],
  ])('%j on %s', (buildArgs, line, masked) => {
    expect(maskBuildArgs(buildArgs)(line)).toBe(masked);
  });
});
