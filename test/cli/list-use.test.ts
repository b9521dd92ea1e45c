import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../rig/cli.js';
import { makeProject, type Project } from '../rig/project.js';

const config = `version: v1beta3
vars:
  - name: PORT
    question: Which port?
images: {app: {image: a/app}}
deployments:
  - name: web
    kubectl: {manifests: [kube/web, kube/more]}
  - name: over
    kubectl: {manifests: [overlays/dev], kustomize: true}
  - name: chart
    helm: {chart: {name: pg, version: "1.10"}}
  - name: parts
    component: {containers: [{image: a/app}]}
dev:
  ports:
    - imageName: app
      forward: [{port: 8080, remotePort: 80}, {port: 9229}, {port: "\${PORT}"}]
    - labelSelector: {app: db, tier: data}
      forward: [{port: 5432, bindAddress: 0.0.0.0}, {port: 53, protocol: udp}, {port: 9000, viaHelper: true}]
      reverseForward: [{port: 3000, remotePort: 3001, bindAddress: 0.0.0.0}]
  sync:
    - imageName: app
      excludePaths: [node_modules/, dist]
    - labelSelector: {app: db}
      localSubPath: sql
      containerPath: /sql
`;

const none = { KUBECONFIG: '/nonexistent/kubeconfig' };

describe('devspace list', () => {
  it('shows what is configured, without a cluster and without a question', async () => {
    await using project = await makeProject({
      'devspace.yaml': config,
      '.devspace/deployed.json': JSON.stringify({
        version: 1,
        deployments: {
          web: [1, 2].map((name) => ({
            context: 'kind',
            namespace: 'dev',
            kind: 'Pod',
            name,
            apiVersion: 'v1',
          })),
        },
      }),
    });
    const list = async (what: string) => {
      const { code, stderr, stdout } = await runCli(['list', what], { cwd: project.dir, env: none });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout;
    };
    expect(await list('deployments')).toBe(`Name   Type       Deploy               Status
web    Manifests  kube/web, kube/more  2 objects in dev (kind)
over   Kustomize  overlays/dev         not deployed
chart  Helm       pg (1.10)            not deployed
parts  Component  a/app                not deployed
`);
    expect(await list('ports')).toBe(`Pods              Ports (Local:Remote)
image app         8080:80, 9229:9229, \${PORT}:\${PORT}
app=db,tier=data  0.0.0.0:5432:5432, 53:53/udp, 9000:9000 via helper, reverse 3000:0.0.0.0:3001
`);
    expect(await list('sync')).toBe(`Pods       Local  Container            Excluded
image app  ./     (working directory)  node_modules/, dist
app=db     sql    /sql
`);
    const { stdout } = await runCli(['list', 'ports', '--output', 'json', '--var', 'PORT=1'], {
      cwd: project.dir,
      env: none,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'result',
      ports: [
        { imageName: 'app', forward: [{ port: 8080, remotePort: 80 }, { port: 9229 }, { port: 1 }] },
        {},
      ],
    });
  });

  it.each([
    ['deployments', /No deployments in devspace.yaml: devspace add deployment NAME/],
    ['ports', /No ports are forwarded: devspace add port 8080:80/],
    ['sync', /No folders are synced: devspace add sync --local/],
  ])('says how to have %s when there are none', async (what, hint) => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v1beta3\n' });
    const { code, stderr, stdout } = await runCli(['list', what], { cwd: project.dir, env: none });
    expect(stderr).toMatch(hint);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});

const first = `# mine
apiVersion: v1
kind: Config
current-context: one   # now
contexts:
- name: one
  context: {cluster: a, user: u}
- name: two # the other
  context:
    cluster: b
    user: u
    namespace: dev   # ours
clusters:
- {name: a, cluster: {server: https://127.0.0.1:1}}
- name: b
  cluster:
    server: https://127.0.0.1:1
users:
- name: u
  user: {token: x}
`;
const second = `apiVersion: v1
kind: Config
contexts:
- name: three
  context: {cluster: c, user: v}
clusters:
- name: c
  cluster: {server: https://127.0.0.1:1}
users:
- name: v
  user: {token: y}
`;

async function kubeconfigs() {
  const project = await makeProject({});
  await project.write('first', first, 0o600);
  await project.write('second', second);
  const env = { KUBECONFIG: `${project.path('first')}:${project.path('second')}:${project.path('missing')}` };
  const run = (...args: string[]) => runCli(args, { cwd: project.dir, env });
  return { project, env, run };
}
const texts = async (project: Project) => [
  await readFile(project.path('first'), 'utf8'),
  await readFile(project.path('second'), 'utf8'),
];

describe('the kubeconfig', () => {
  it('is listed, from all files', async () => {
    const { project, run } = await kubeconfigs();
    await using _ = project;
    expect((await run('list', 'contexts')).stdout).toBe(`Name   Active  Namespace
one    true    default
three  false   default
two    false   dev
`);
    const { stdout } = await run('list', 'contexts', '--output', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      contexts: [{ name: 'one', active: true }, {}, { cluster: 'b' }],
    });
  });

  it('gets another current context, and nothing else changes', async () => {
    const { project, run } = await kubeconfigs();
    await using _ = project;
    expect(await run('use', 'context', 'three')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'done The current context is three\ninfo To go back: devspace use context one\n',
    });
    expect(await texts(project)).toEqual([first.replace('one   # now', 'three   # now'), second]);
    expect((await stat(project.path('first'))).mode & 0o777).toBe(0o600);
    expect((await run('use', 'context', 'three')).stderr).toBe('done The current context is three\n');
    expect(await readdir(project.dir)).toEqual(['first', 'second']);
  });

  it('gets another namespace, in the file that has the context', async () => {
    const { project, run } = await kubeconfigs();
    await using _ = project;
    expect((await run('use', 'namespace', 'work')).stderr).toBe(
      'done Context one uses namespace work\ninfo To go back: devspace use namespace --reset\n',
    );
    const [now = ''] = await texts(project);
    expect(now).toBe(first.replace('{cluster: a, user: u}', '{cluster: a, user: u, namespace: work}'));
    expect((await run('use', 'namespace', '--reset')).stderr).toContain(
      'To go back: devspace use namespace work',
    );
    expect(await texts(project)).toEqual([first, second]);
    await run('use', 'namespace', 'x', '--kube-context', 'two');
    await run('use', 'namespace', 'y', '--kube-context', 'three');
    expect(await texts(project)).toEqual([
      first.replace('dev   # ours', 'x   # ours'),
      second.replace('user: v}', 'user: v, namespace: y}'),
    ]);
  });

  it('loses a context with what only that needs', async () => {
    const { project, run } = await kubeconfigs();
    await using _ = project;
    expect((await run('remove', 'context', 'two')).stderr).toBe(
      'done Removed context two from the kubeconfig\n',
    );
    expect((await texts(project))[0]).toBe(
      first.replace(/- name: two[^]*# ours\n/, '').replace(/- name: b\n[^]*(?=users)/, ''),
    );
    expect((await run('remove', 'context', 'one')).stderr).toContain('There is no current context now');
    expect((await texts(project))[0]).toBe(
      '# mine\napiVersion: v1\nkind: Config\ncurrent-context: ""   # now\n',
    );
    expect((await run('list', 'contexts')).stdout).toMatch(/^Name .*\nthree .*\n$/);
  });

  it.each([
    [['use', 'context', 'oen'], /KUBE_CONTEXT_UNKNOWN: there is no kube context "oen", did you mean "one"\?/],
    [
      ['use', 'context'],
      /USAGE: no context was named, and there is no terminal to ask at\n {2}hint: devspace list/,
    ],
    [['use', 'namespace'], /USAGE: no namespace was named/],
    [['use', 'namespace', 'No Name'], /USAGE: "No Name" is no name of a namespace/],
    [['use', 'namespace', 'x', '--kube-context', 'y'], /KUBE_CONTEXT_UNKNOWN/],
    [['remove', 'context', 'y'], /KUBE_CONTEXT_UNKNOWN/],
  ])('%j is refused', async (args, message) => {
    const { project, run } = await kubeconfigs();
    await using _ = project;
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(await texts(project)).toEqual([first, second]);
  });

  it('is not written while another program does', async () => {
    const { project, run } = await kubeconfigs();
    await using _ = project;
    await project.write('first.lock', '');
    expect((await run('use', 'context', 'two')).stderr).toMatch(
      /error KUBE_CONFIG_LOCKED[^]*hint: try again/,
    );
    expect(await texts(project)).toEqual([first, second]);
  });

  it('is told as missing', async () => {
    await using project = await makeProject({});
    const { stderr } = await runCli(['list', 'contexts'], { cwd: project.dir, env: none });
    expect(stderr).toMatch(/^error KUBE_CONFIG_NOT_FOUND/);
  });

  it('lets choose a context on a terminal', async () => {
    const { project, env } = await kubeconfigs();
    await using _ = project;
    await using cli = startCli(['use', 'context'], {
      cwd: project.dir,
      env,
      terminal: { columns: 80, rows: 24 },
    });
    await cli.printed(/one \(current\)/);
    cli.child.stdin.write('\u001b[B\r');
    expect(await cli.exited).toMatchObject({ code: 0 });
    expect((await texts(project))[0]).toContain('current-context: three ');
  });
});
