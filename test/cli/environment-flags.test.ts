import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const config = { 'devspace.yaml': 'version: v1beta3\nimages: {web: {image: "${A}/${B}"}}\n' };

describe('DEVSPACE_FLAGS and the like', () => {
  it('give flags to commands; what is typed wins', async () => {
    await using project = await makeProject(config);
    const env = { DEVSPACE_FLAGS: '--var A=x', DEVSPACE_PRINT_FLAGS: "--var 'B=1'" };
    const print = await runCli(['print', '--var', 'A=y'], { cwd: project.dir, env });
    expect(print.stdout).toContain('image: y/1\n');
  });

  it('a flag that a command does not have is an error that names the variable', async () => {
    await using project = await makeProject(config);
    const list = await runCli(['list', 'vars'], { cwd: project.dir, env: { DEVSPACE_FLAGS: '--skip-push' } });
    expect(list.stderr).toBe(
      'error USAGE: the environment variable DEVSPACE_FLAGS gives --skip-push to devspace list vars, which does not know it\n' +
        '  hint: flags of one command belong into its own, such as DEVSPACE_DEV_FLAGS\n',
    );
    expect(list.code).toBe(1);
  });
});

describe('warnings of the upgrade', () => {
  it('are told by a command that fills in a part of the config only', async () => {
    await using project = await makeProject({
      'devspace.yaml':
        'version: v1beta11\nrequire: {devspace: ">5"}\nimages: {web: {image: x}}\ndev: {ports: [{imageName: web, forward: [{port: "${P}"}]}]}\n',
    });
    const { stderr } = await runCli(['build'], { cwd: project.dir });
    expect(stderr).toContain('require: has no effect: versions of tools are not checked (CONFIG_IGNORED)');
    expect(stderr).toContain('DOCKERFILE_MISSING');
  });
});
