import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject, type Project } from '../rig/project.js';

const yaml = `version: v1beta3
images:
  web: {image: example.com/web, tag: base}
profiles:
- name: staging
  description: Like production
  patches:
  - {op: replace, path: images.web.tag, value: staging}
- name: debug
  parent: staging
  merge: {images: {web: {dockerfile: Dockerfile.debug}}}
- name: ci
  activation: [{env: {CI: "true"}}]
  patches:
  - {op: add, path: images.web.createPullSecret, value: false}
- name: broken
  patches:
  - op: replace
    path: images.api.tag
    value: x
`;
const env = { KUBECONFIG: '/nonexistent/kubeconfig', HOME: '/nonexistent', CI: undefined };

async function webOf(project: Project, args: string[], more: Record<string, string> = {}): Promise<unknown> {
  const { stderr, stdout } = await runCli(['print', ...args], { cwd: project.dir, env: { ...env, ...more } });
  expect(stderr).toBe('');
  return (parse(stdout) as { images: { web: unknown } }).images.web;
}

const web = { image: 'example.com/web', tag: 'base' };

describe('a profile', () => {
  it('is chosen by -p, with its parents, several in order', async () => {
    await using project = await makeProject({ 'devspace.yaml': yaml });
    expect(await webOf(project, [])).toEqual(web);
    expect(await webOf(project, ['-p', 'staging'])).toEqual({ ...web, tag: 'staging' });
    const both = { ...web, tag: 'staging', dockerfile: 'Dockerfile.debug' };
    expect(await webOf(project, ['--profile', 'debug'])).toEqual(both);
    expect(await webOf(project, ['-p', 'staging,ci'])).toEqual({
      ...web,
      tag: 'staging',
      createPullSecret: false,
    });
    expect(await webOf(project, ['-p', 'ci', '--profile-parent', 'staging'])).toEqual({
      ...web,
      tag: 'staging',
      createPullSecret: false,
    });
  });

  it('activates itself, unless that is switched off', async () => {
    await using project = await makeProject({ 'devspace.yaml': yaml });
    expect(await webOf(project, [], { CI: 'true' })).toEqual({ ...web, createPullSecret: false });
    expect(await webOf(project, ['--disable-profile-activation'], { CI: 'true' })).toEqual(web);
    await project.write('.env', 'CI=true\n');
    expect(await webOf(project, [])).toEqual({ ...web, createPullSecret: false });
  });

  it('is used from now on, and no more', async () => {
    await using project = await makeProject({ 'devspace.yaml': yaml });
    const run = (...args: string[]) => runCli(args, { cwd: project.dir, env });
    expect(await run('use', 'profile', 'staging')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'done Profile staging is used from now on; to stop that: devspace use profile --reset\n',
    });
    expect(await webOf(project, [])).toEqual({ ...web, tag: 'staging' });
    expect(await webOf(project, ['-p', 'ci'])).toEqual({ ...web, createPullSecret: false });
    expect((await run('list', 'profiles')).stdout).toBe(`Name     Active  Description
staging  true    Like production
debug    false
ci       false
broken   false
`);
    await project.write(
      'devspace.yaml',
      yaml.replace('name: staging', 'name: renamed').replace('parent: staging', 'parent: renamed'),
    );
    expect((await run('build')).stderr).toContain(
      '  hint: devspace use profile chose it; forget it: devspace use profile --reset\n',
    );
    expect((await run('list', 'profiles')).code).toBe(0);
    expect(await run('use', 'profile', '--reset')).toMatchObject({ code: 0 });
    expect(await webOf(project, [])).toEqual(web);
  });

  it.each([
    [
      ['use', 'profile', 'stagin'],
      'error PROFILE_NOT_FOUND: there is no profile "stagin" in devspace.yaml, did you mean "staging"?\n  hint: devspace use profile staging\n',
    ],
    [
      ['use', 'profile'],
      'error USAGE: name the profile to use: staging, debug, ci, broken\n  hint: devspace use profile staging\n',
    ],
    [
      ['use', 'profile', 'ci', '--reset'],
      'error USAGE: --reset takes no name\n  hint: devspace use profile --reset\n',
    ],
    [
      ['build', '-p', 'debg'],
      `error CONFIG_INVALID: devspace.yaml:4:1: profiles: there is no profile "debg", did you mean "debug"?
    4 | profiles:
      | ~~~~~~~~
  hint: profiles: staging, debug, ci, broken
`,
    ],
    [
      ['build', '-p', 'broken'],
      `error CONFIG_INVALID: devspace.yaml:19:11: profiles[3].patches[0].path: there is no key "api" in images
    19 |     path: images.api.tag
       |           ~~~~~~~~~~~~~~
  hint: there are these keys: web
`,
    ],
  ])('is refused: %j', async (args, error) => {
    await using project = await makeProject({ 'devspace.yaml': yaml });
    expect(await runCli(args, { cwd: project.dir, env })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: error,
    });
  });

  it('is explained', async () => {
    await using project = await makeProject({ 'devspace.yaml': yaml });
    const { stdout } = await runCli(['print', '-p', 'debug', '--explain'], { cwd: project.dir, env });
    expect(stdout).toBe(`version: v1beta3 # devspace.yaml:1
images:
  web:
    image: example.com/web # devspace.yaml:3
    tag: staging # devspace.yaml:8, profile staging
    dockerfile: Dockerfile.debug # devspace.yaml:11, profile debug
`);
  });

  it('leaves -p to commands that pick', async () => {
    const { stdout } = await runCli(['logs', '--help'], { cwd: process.cwd(), env });
    expect(stdout).toContain('-p, --pick');
  });
});
