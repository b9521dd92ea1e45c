import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { knownComponents } from '../../src/config/edit/known-components.js';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const env = { KUBECONFIG: '/nonexistent/kubeconfig' };
const config = `version: v1beta3

images:
  web:
    image: a/web
`;
const makeIt = () => makeProject({ 'devspace.yaml': config, 'api/Dockerfile': 'FROM x\nEXPOSE 81\n' });

/** What the command appends to the config above. */
async function added(...args: string[]) {
  await using project = await makeIt();
  const { code, stderr } = await runCli(['add', 'deployment', ...args], { cwd: project.dir, env });
  const text = await readFile(project.path('devspace.yaml'), 'utf8');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return { stderr, text };
}

const refused = (name: string) => `done Added deployment ${name} to devspace.yaml
warn deploying will refuse deployments[0].component: component deployments are not supported yet (CONFIG_UNSUPPORTED)
`;

describe('devspace add deployment', () => {
  it('builds a Dockerfile, and serves the port that it exposes', async () => {
    const { stderr, text } = await added(
      'api',
      '--dockerfile',
      'api/Dockerfile',
      '--context',
      'api',
      '--image',
      'x.io/api',
      '-n',
      'other',
    );
    expect(text).toBe(`${config}  api:
    image: x.io/api
    dockerfile: api/Dockerfile
    context: api

deployments:
  - name: api
    namespace: other
    component:
      containers:
        - image: x.io/api
      service:
        ports:
          - port: 81
`);
    expect(stderr).toContain(refused('api'));
  });

  it('runs an image as it is, with its tag in images', async () => {
    const { text } = await added('proxy', '--image', 'nginx:1.27');
    expect(text).toBe(`${config}  proxy:
    image: nginx
    tag: "1.27"
    createPullSecret: true
    build:
      disabled: true

deployments:
  - name: proxy
    component:
      containers:
        - image: nginx
`);
  });

  it.each<[string[], RegExp]>([
    // An image of that repository is listed already.
    [['more', '--image', 'docker.io/a/web'], /web\n\ndeployments:\n {2}- name: more\n/],
    // Its name is taken.
    [['web', '--image', 'nginx'], /\n {2}web-0:\n {4}image: nginx\n {4}tag: latest\n/],
    [['web', '--dockerfile', 'api/Dockerfile'], /\n {2}web-0:\n {4}image: web\n {4}dockerfile: api/],
    [
      ['pin', '--image', `nginx@sha256:${'a'.repeat(64)}`],
      /web\n\ndeployments:[^]*- image: nginx@sha256:a+\n$/,
    ],
    [['db', '--component', 'redis'], /web\n\ndeployments:[^]*image: redis:8\n[^]*port: 6379\n$/],
  ])('%j', async (args, expected) => expect((await added(...args)).text).toMatch(expected));

  it('asks for the password of a component once', async () => {
    await using project = await makeIt();
    const options = { cwd: project.dir, env };
    expect(await runCli(['add', 'deployment', 'db', '--component', 'postgres'], options)).toMatchObject({
      code: 0,
    });
    const text = await readFile(project.path('devspace.yaml'), 'utf8');
    expect(text).toMatch(
      /^version: v1beta3\n\nvars:\n {2}- name: POSTGRES_PASSWORD\n {4}question: .*\n {4}password: true\n\nimages:/,
    );
    expect(text).toContain('- name: POSTGRES_PASSWORD\n              value: "${POSTGRES_PASSWORD}"\n');
    await runCli(['add', 'deployment', 'db2', '--component', 'postgres'], options);
    const twice = await readFile(project.path('devspace.yaml'), 'utf8');
    expect(twice.match(/question:/g)).toHaveLength(1);
    expect(twice).toContain('- name: db2');
  });

  it.each(knownComponents.map(({ name }) => name))('knows %s, as a config that loads', async (name) => {
    const { text } = await added('db', '--component', name);
    expect(text).toContain(`image: ${knownComponents.find((one) => one.name === name)?.image}\n`);
  });

  it('lists the components', async () => {
    const { stdout } = await runCli(['list', 'available-components'], { cwd: '/', env });
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'Name      Image        Description',
      'mariadb   mariadb:11   MariaDB, a relational database',
    ]);
  });

  it('warns of a chart and of kaniko, and not of manifests', async () => {
    expect((await added('c', '--chart', 'pg')).stderr).toContain('helm deployments are not supported yet');
    expect((await added('m', '--manifests', 'k')).stderr).toBe('done Added deployment m to devspace.yaml\n');
  });
});
