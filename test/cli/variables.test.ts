import { chmod, readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../rig/cli.js';
import { makeProject, type Project } from '../rig/project.js';

const yaml = `version: v1beta3
images:
  web:
    image: \${REGISTRY}/web
    tag: \${TAG}
    build: {docker: {options: {buildArgs: {LOGIN: "user:\${PASSWORD}"}}}}
vars:
- name: REGISTRY
  question: Which registry?
  validationPattern: ^[a-z.:0-9]+$
  validationMessage: Small letters only
- {name: TAG, default: latest}
- {name: PASSWORD, password: true}
- {name: COMMIT, command: "echo 'from a command'"}
`;

/** No kubeconfig, no variables from outside. */
const env = {
  KUBECONFIG: '/nonexistent/kubeconfig',
  HOME: '/nonexistent',
  REGISTRY: undefined,
  TAG: undefined,
  PASSWORD: undefined,
};

const makeIt = (files: Record<string, string> = {}): Promise<Project> =>
  makeProject({ 'devspace.yaml': yaml, ...files });

const printed = async (args: string[], project: Project, more: Record<string, string> = {}) => {
  const { stderr, stdout } = await runCli(['print', '--show-secrets', ...args], {
    cwd: project.dir,
    env: { ...env, ...more },
  });
  return {
    stderr,
    web: (parse(stdout) as { images: { web: { image: string; tag: string } } } | null)?.images.web,
  };
};

describe('variables', () => {
  it('that nobody can be asked for are told all at once, with a flag for each', async () => {
    await using project = await makeIt();
    const { code, stderr, stdout } = await runCli(['build'], { cwd: project.dir, env });
    expect(stderr).toBe(`error VARIABLE_MISSING: 2 variables have no value, and there is no terminal to ask at
  Flag                  Used in
  --var REGISTRY=VALUE  devspace.yaml:4: images.web.image                                 Which registry?
  --var PASSWORD=VALUE  devspace.yaml:6: images.web.build.docker.options.buildArgs.LOGIN
  hint: add --var REGISTRY=VALUE --var PASSWORD=VALUE, or remember it: devspace set var REGISTRY=VALUE PASSWORD=VALUE
`);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('come from --var, the environment and .env, in this order', async () => {
    await using project = await makeIt({
      '.env': '# comment\nexport REGISTRY="dot.env"\nTAG=\'dot env\' # more\nPASSWORD=geheim\n',
    });
    expect((await printed([], project)).web).toMatchObject({ image: 'dot.env/web', tag: 'dot env' });
    expect((await printed([], project, { TAG: 'real' })).web).toMatchObject({
      image: 'dot.env/web',
      tag: 'real',
    });
    expect(
      (await printed(['--var', 'TAG=a=b,c', '--var=REGISTRY=flag'], project, { TAG: 'real' })).web,
    ).toMatchObject({ image: 'flag/web', tag: 'a=b,c' });
  });

  it.each([
    [['--var', 'TAG'], 'error USAGE: --var wants NAME=VALUE, got "TAG"\n  hint: --var NAME=VALUE\n'],
    [['--var', '=x'], 'error USAGE: --var wants NAME=VALUE, got the name ""\n  hint: --var NAME=VALUE\n'],
    [
      ['--var', 'A B=x'],
      'error USAGE: --var wants NAME=VALUE, got the name "A B"\n  hint: --var NAME=VALUE\n',
    ],
  ])('are refused when malformed: %j', async (args, error) => {
    await using project = await makeIt();
    expect(await runCli(['build', ...args], { cwd: project.dir, env })).toMatchObject({
      code: 1,
      stderr: error,
    });
  });

  it('that do not exist are warned of', async () => {
    await using project = await makeIt();
    const args = ['build', '--var', 'REGISTRI=x', '--var', 'REGISTRY=x', '--var', 'PASSWORD=secret'];
    const { stderr } = await runCli(args, { cwd: project.dir, env });
    expect(stderr).toContain(
      'warn --var REGISTRI: there is no variable of this name in devspace.yaml (VARIABLE_UNUSED)\n',
    );
    expect(stderr).not.toContain('--var REGISTRY');
  });

  it('that are passwords are nowhere to be seen', async () => {
    await using project = await makeIt({ Dockerfile: 'FROM scratch\n' });
    const { stderr, stdout } = await runCli(
      [
        'build',
        '--debug',
        '--output',
        'json',
        '--var',
        'REGISTRY=hunter2-registry',
        '--var',
        'PASSWORD=hunter2',
      ],
      // Docker is not there: the failure tells the command.
      { cwd: project.dir, env: { ...env, PATH: '/nonexistent' } },
    );
    expect(stderr).toContain('error ');
    expect(stderr + stdout).not.toContain('hunter2');
  });

  it('are asked for on a terminal, once, until the answer will do', async () => {
    await using project = await makeIt();
    const args = ['print', '--var', 'TAG=t'];
    await using cli = startCli(args, { cwd: project.dir, env, terminal: { columns: 100, rows: 30 } });
    await cli.printed(/Which registry\?/);
    cli.child.stdin.write('UPPER\r');
    await cli.printed(/Small letters only/);
    cli.child.stdin.write('\u0015ghcr.io\r');
    await cli.printed(/Please enter a value for PASSWORD/);
    cli.child.stdin.write('hunter2\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toContain('image: ghcr.io/web');
    expect(stdout).not.toContain('hunter2');
    expect(code).toBe(0);

    const kept = await readFile(project.path('.devspace/generated.yaml'), 'utf8');
    expect(parse(kept)).toMatchObject({ vars: { REGISTRY: 'ghcr.io', PASSWORD: 'hunter2' } });
    expect((await stat(project.path('.devspace/generated.yaml'))).mode & 0o777).toBe(0o600);
    expect((await printed([], project)).web).toMatchObject({ image: 'ghcr.io/web', tag: 'latest' });
    // The environment comes first.
    expect((await printed([], project, { REGISTRY: 'env' })).web).toMatchObject({ image: 'env/web' });
  });

  it('predefined: the name of the project, and the programs', async () => {
    const text = `commands:
- name: show
  command: \${DEVSPACE_EXECUTABLE} --version; echo "\${DEVSPACE_NAME} \${devspace.kubectlExecutable}"
`;
    await using project = await makeProject({
      'folder/devspace.yaml': `version: v1beta3\n${text}`,
      'v6/devspace.yaml': `version: v2beta1\nname: mine\n${text.replace('- name: show\n ', '  show:\n   ')}`,
      'bin/kubectl': '#!/bin/sh\n',
    });
    await chmod(project.path('bin/kubectl'), 0o755);
    const show = async (folder: string) =>
      (
        await runCli(['run', 'show'], {
          cwd: project.path(folder),
          env: { ...env, PATH: `${project.path('bin')}:${process.env['PATH']}` },
        })
      ).stdout;
    const kubectl = project.path('bin/kubectl');
    expect(await show('folder')).toMatch(/^devspace version \d.*\nfolder /);
    expect(await show('folder')).toContain(`\nfolder ${kubectl}\n`);
    expect(await show('v6')).toContain(`\nmine ${kubectl}\n`);
  });

  it('predefined: of git, of this machine, of the kubeconfig', async () => {
    await using project = await makeProject({
      'devspace.yaml': `version: v1beta3
deployments:
- name: a
  helm: {chart: {name: c}, values: {r1: "\${DEVSPACE_RANDOM}", r2: "\${devspace.random}", t: "\${DEVSPACE_TIMESTAMP}", home: "\${devspace_user_home}", ns: "\${DEVSPACE_NAMESPACE}", c: "\${devspace.context}", p: "\${DEVSPACE_PROFILE}", v: "\${DEVSPACE_VERSION}"}}
profiles: [{name: p}]
`,
      config: `apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: c, user: u, namespace: mine}}]
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: x}}]
`,
    });
    const { stderr, stdout } = await runCli(['print', '-p', 'p'], {
      cwd: project.dir,
      env: { ...env, KUBECONFIG: project.path('config') },
    });
    expect(stderr).toBe('');
    const { deployments } = parse(stdout) as { deployments: [{ helm: { values: Record<string, unknown> } }] };
    const { values } = deployments[0].helm;
    expect(values).toMatchObject({
      home: '/nonexistent',
      ns: 'mine',
      c: 'here',
      p: 'p',
      v: expect.stringMatching(/^\d/) as unknown,
    });
    expect(String(values['r1'])).toMatch(/^\w{6}$/);
    expect(values['r2']).toBe(values['r1']);
    expect(Number(values['t'])).toBeGreaterThan(1_700_000_000);
  });

  it('of git are told what is missing', async () => {
    await using project = await makeProject({
      'devspace.yaml': 'version: v1beta3\nimages: {a: {image: x, tag: "${DEVSPACE_GIT_COMMIT}"}}\n',
    });
    const { stderr } = await runCli(['build'], {
      cwd: project.dir,
      env: { ...env, GIT_CEILING_DIRECTORIES: '/' },
    });
    expect(stderr).toContain(
      `error GIT_NOT_FOUND: \${DEVSPACE_GIT_COMMIT} is used, and ${project.dir} is in no git repository with a commit\n`,
    );
    expect(stderr).toContain('  hint: commit first, or set it: --var DEVSPACE_GIT_COMMIT=VALUE\n');
  });

  it('whose command fails are told with what it said', async () => {
    await using project = await makeProject({
      'devspace.yaml':
        'version: v1beta3\nimages: {a: {image: "${A}"}}\nvars: [{name: A, command: "echo oh no >&2; exit 3"}]\n',
    });
    const { stderr } = await runCli(['build'], { cwd: project.dir, env });
    expect(stderr)
      .toBe(`error VARIABLE_COMMAND_FAILED: the command of variable A ended with exit code 3: echo oh no >&2; exit 3
  oh no
  hint: mend the command, or set the variable: --var A=VALUE
`);
  });
});

describe('the commands for variables', () => {
  it('set, list and forget', async () => {
    await using project = await makeIt({ '.env': 'TAG=dotenv\n' });
    const run = (...args: string[]) => runCli(args, { cwd: project.dir, env });
    expect((await run('list', 'vars')).stdout).toBe(`Name      Value           From
REGISTRY                  not set
TAG       dotenv          .env
PASSWORD                  not set
COMMIT    from a command  command
`);
    expect(await run('set', 'var', 'REGISTRY=ghcr.io', 'PASSWORD=hunter2')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'done Set REGISTRY\ndone Set PASSWORD\n',
    });
    expect((await run('list', 'vars')).stdout).toContain('REGISTRY  ghcr.io         cache\n');
    expect((await run('list', 'vars')).stdout).toContain('PASSWORD  ***             cache\n');
    const json = JSON.parse((await run('list', 'vars', '--output', 'json')).stdout) as { vars: unknown };
    expect(json.vars).toContainEqual({ name: 'PASSWORD', value: '***', from: 'cache', password: true });
    expect((await run('reset', 'vars', 'REGISTRI')).stderr).toContain('did you mean "REGISTRY"?');
    expect((await run('reset', 'vars', 'REGISTRY')).stderr).toBe('done Forgot REGISTRY\n');
    expect((await run('reset', 'vars')).stderr).toBe('done Forgot PASSWORD\n');
    expect((await run('reset', 'vars')).stderr).toBe('info No answers are remembered\n');
  });

  it.each([
    [
      ['REGISTRY'],
      'error USAGE: set var wants NAME=VALUE, got "REGISTRY"\n  hint: devspace set var NAME=VALUE\n',
    ],
    [[], 'error USAGE: nothing to set\n  hint: devspace set var NAME=VALUE\n'],
    [
      ['TAG=x', 'REGISTRI=x'],
      'error VARIABLE_NOT_FOUND: there is no variable "REGISTRI" in devspace.yaml, did you mean "REGISTRY"?\n  hint: devspace list vars\n',
    ],
    [
      ['TAG=x', 'REGISTRY=UPPER'],
      'error VARIABLE_INVALID: this is no value for REGISTRY: Small letters only\n  hint: devspace set var REGISTRY=VALUE\n',
    ],
  ])('refuse to set %j, and then set nothing', async (args, error) => {
    await using project = await makeIt();
    const run = (...args: string[]) => runCli(args, { cwd: project.dir, env });
    expect(await run('set', 'var', ...args)).toMatchObject({ code: 1, stdout: '', stderr: error });
    expect((await run('list', 'vars')).stdout).toContain('TAG       latest          default\n');
  });

  it('keep the answers of profiles apart', async () => {
    await using project = await makeIt({ 'devspace.yaml': `${yaml}profiles: [{name: p}]\n` });
    const run = (...args: string[]) => runCli(args, { cwd: project.dir, env });
    await run('set', 'var', 'REGISTRY=without');
    await run('set', 'var', 'REGISTRY=with', '-p', 'p');
    expect((await run('list', 'vars')).stdout).toContain('REGISTRY  without ');
    expect((await run('list', 'vars', '-p', 'p')).stdout).toContain('REGISTRY  with ');
    expect((await run('reset', 'vars', '--profile', 'p')).stderr).toBe('done Forgot REGISTRY\n');
    expect((await run('list', 'vars')).stdout).toContain('REGISTRY  without ');
    expect((await run('build', '-p', 'p')).stderr).toContain(
      'devspace set var REGISTRY=VALUE PASSWORD=VALUE -p p\n',
    );
  });
});
