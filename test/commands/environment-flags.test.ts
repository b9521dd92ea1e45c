import { describe, expect, it } from 'vitest';
import { environmentFlags, splitWords } from '../../src/commands/environment-flags.js';
import { makeProject } from '../rig/project.js';

describe('environmentFlags', () => {
  it('has those of every command first, then those of this one', async () => {
    await using project = await makeProject({});
    const env = {
      DEVSPACE_FLAGS: '-n a',
      DEVSPACE_LIST_VARS_FLAGS: '--output json',
      DEVSPACE_DEV_FLAGS: '-i',
    };
    expect(environmentFlags(['list', 'vars'], env, project.dir)).toEqual([
      { variable: 'DEVSPACE_FLAGS', words: ['-n', 'a'] },
      { variable: 'DEVSPACE_LIST_VARS_FLAGS', words: ['--output', 'json'] },
    ]);
    expect(environmentFlags(['deploy'], { DEVSPACE_FLAGS: ' ' }, project.dir)).toEqual([]);
  });

  it('takes the environment before .env', async () => {
    await using project = await makeProject({ '.env': "DEVSPACE_FLAGS='-n file'\nDEVSPACE_DEV_FLAGS=-b\n" });
    expect(environmentFlags(['dev'], { DEVSPACE_FLAGS: '-n env' }, project.dir)).toEqual([
      { variable: 'DEVSPACE_FLAGS', words: ['-n', 'env'] },
      { variable: 'DEVSPACE_DEV_FLAGS', words: ['-b'] },
    ]);
  });
});

describe('splitWords', () => {
  it.each<[string, string[]]>([
    ['-n a', ['-n', 'a']],
    ['  -n \t a\n', ['-n', 'a']],
    [`--var "A=x y" --var 'B=$C'`, ['--var', 'A=x y', '--var', 'B=$C']],
    [String.raw`a\ b "c\"d" 'e\f'`, ['a b', 'c"d', String.raw`e\f`]],
    [`--var=A='' ""`, ['--var=A=', '']],
    ['', []],
  ])('%j', (text, words) => {
    expect(splitWords('X', text)).toEqual(words);
  });

  it.each(['"a', "a 'b"])('refuses %j', (text) => {
    expect(() => splitWords('X', text)).toThrow(
      expect.objectContaining({ code: 'USAGE', subject: 'X' }) as Error,
    );
  });
});
