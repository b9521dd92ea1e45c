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

describe('$(…) in the place of a value', () => {
  it('is what the shell prints, which knows the words of the command line; a failure names the place', async () => {
    await using project = await makeProject({
      'devspace.yaml': `version: v1beta11
images: {web: {image: x, createPullSecret: '$([ "$1" = print ] && cat word)'}}
deployments: ["$(cat web.yaml)"]
`,
      word: 'false\n',
      'web.yaml': 'name: web\nkubectl:\n  manifests: [kube]\n',
    });
    const print = await runCli(['print'], { cwd: project.dir });
    expect(print.stdout).toContain('createPullSecret: false\n');
    expect(print.stdout).toMatch(/deployments:\n {2}- name: web\n {4}kubectl:\n {6}manifests:\n {8}- kube\n/);
    const list = await runCli(['list', 'deployments'], { cwd: project.dir });
    expect(list.stdout).toContain('web');
    await project.write('devspace.yaml', 'version: v1beta11\ndeployments: $(echo oops >&2; exit 3)\n');
    const failed = await runCli(['print'], { cwd: project.dir });
    expect(failed.stderr).toContain(
      'error EXPRESSION_FAILED: the command at deployments ended with exit code 3: echo oops >&2; exit 3',
    );
    expect(failed.stderr).toContain('  oops\n');
  });
});
