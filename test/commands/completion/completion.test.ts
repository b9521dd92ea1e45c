import { describe, expect, it } from 'vitest';
import { candidates } from '../../../src/commands/completion/completion-candidates.js';
import { commands } from '../../../src/commands/table.js';
import { makeProject } from '../../rig/project.js';

const config = `version: v1beta3
images: {web: {image: a}, worker: {image: b}}
deployments:
- {name: shop, kubectl: {manifests: [k]}}
profiles: [{name: prod}, {name: staging}]
commands:
- {name: test, command: x}
- {name: migrate, command: x}
`;

describe('what completes', () => {
  it.each<[string[], string[]]>([
    [['pu'], ['purge']],
    [
      ['add', ''],
      ['deployment', 'image', 'port', 'sync'],
    ],
    [
      ['run', ''],
      ['migrate', 'test'],
    ],
    [['run', '--silent', 'm'], ['migrate']],
    // What stands behind the name is the command's own.
    [['run', 'test', ''], []],
    [['run', 'test', '--'], []],
    [['-n', 'run', 'run', 't'], ['test']],
    [['-p', 's'], ['staging']],
    [
      ['dev', '--profile', ''],
      ['prod', 'staging'],
    ],
    [['use', 'profile', 'p'], ['prod']],
    [
      ['remove', 'image', 'w'],
      ['web', 'worker'],
    ],
    [['remove', 'deployment', ''], ['shop']],
    [
      ['deploy', '--skip-'],
      ['--skip-build', '--skip-push'],
    ],
    [['add', 'image', '--im'], ['--image']],
    [['add', 'image', '--image', ''], []],
    [['--kube'], ['--kube-context']],
    [['nonsense', ''], []],
  ])('%j', async (words, expected) => {
    await using project = await makeProject({ 'devspace.yaml': config });
    expect(await candidates(commands, words, { cwd: project.dir, env: {} })).toEqual(expected);
  });

  it('is nothing of a project where there is none, or a wrong one', async () => {
    expect(await candidates(commands, ['run', ''], { cwd: '/', env: {} })).toEqual([]);
    await using project = await makeProject({ 'devspace.yaml': 'a: [' });
    expect(await candidates(commands, ['run', ''], { cwd: project.dir, env: {} })).toEqual([]);
  });
});
