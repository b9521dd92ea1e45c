import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

/** No kubeconfig at all: a config must be judged before anything else is looked at. */
const env = { KUBECONFIG: '/nonexistent/kubeconfig', HOME: '/nonexistent' };

interface Case {
  what: string;
  yaml: string;
  error: string;
}

const cases: Case[] = [
  {
    what: 'a YAML syntax error',
    yaml: 'version: v1beta3\nimages:\n  web: {image: a\n',
    error: 'CONFIG_SYNTAX',
  },
  {
    what: 'an unknown key',
    yaml: 'version: v1beta3\nimages:\n  web:\n    image: a/b\n    dockerFile: ./Dockerfile\n',
    error: 'CONFIG_INVALID: devspace.yaml:5:5: ',
  },
  {
    what: 'a value of the wrong type',
    yaml: 'version: v1beta3\nimages:\n  web:\n    image: [a, b]\n',
    error: 'CONFIG_INVALID: devspace.yaml:4:12: ',
  },
  {
    what: 'an unknown version',
    yaml: 'version: v9\n',
    error: 'CONFIG_VERSION: devspace.yaml:1:10: ',
  },
  {
    what: 'a missing version',
    yaml: 'images: {}\n',
    error: 'CONFIG_VERSION',
  },
  {
    what: 'a feature that does not work yet',
    yaml: 'version: v1beta3\ndeployments:\n  - name: web\n    helm:\n      chart:\n        name: ./chart\n',
    error: 'CONFIG_UNSUPPORTED: devspace.yaml:4:5: ',
  },
];

describe('a wrong devspace.yaml', () => {
  it.each(cases)('is refused for $what, at its line', async ({ yaml, error }) => {
    await using project = await makeProject({ 'devspace.yaml': yaml });
    for (const command of ['dev', 'deploy']) {
      const { code, stdout, stderr } = await runCli([command], { cwd: project.dir, env });
      expect(stderr).toContain(`error ${error}`);
      expect(stderr).toMatch(/^ +\d+ \| /m);
      expect(stdout).toBe('');
      expect(code).toBe(1);
    }
  });

  it('shows the line, points at the key and proposes the right one', async () => {
    await using project = await makeProject({ 'devspace.yaml': cases[1]!.yaml });
    const { stderr } = await runCli(['build'], { cwd: project.dir, env });
    expect(stderr).toContain('    dockerFile: ./Dockerfile');
    expect(stderr).toContain('~~~~~~~~~~');
    expect(stderr).toContain('dockerfile');
  });

  it('is told with all its problems at once', async () => {
    await using project = await makeProject({
      'devspace.yaml': [
        'version: v1beta3',
        'images:',
        '  web:',
        '    imag: a/b',
        'deployments:',
        '  - name: web',
        '    kubectl:',
        '      manifests: kube',
        'dev:',
        '  ports:',
        '    - imageName: wep',
        '      forward: [{port: 80000}]',
        '',
      ].join('\n'),
    });
    const { stderr } = await runCli(['dev'], { cwd: project.dir, env });
    expect(stderr).toBe(`error CONFIG_INVALID: devspace.yaml has 4 problems
  devspace.yaml:4:5: images.web.imag: unknown key, did you mean "image"?
    4 |     imag: a/b
      |     ~~~~

  devspace.yaml:8:18: deployments[0].kubectl.manifests: expected a list of texts, found the text "kube"
    8 |       manifests: kube
      |                  ~~~~
    hint: write it as a list: ["kube"]

  devspace.yaml:11:18: dev.ports[0].imageName: there is no image "wep", did you mean "web"?
    11 |     - imageName: wep
       |                  ~~~
    hint: images: web

  devspace.yaml:12:24: dev.ports[0].forward[0].port: expected a number from 1 to 65535, found the number 80000
    12 |       forward: [{port: 80000}]
       |                        ~~~~~
`);
  });

  it('is judged by what a command needs of it', async () => {
    await using project = await makeProject({
      'devspace.yaml': `version: v1beta3
images: {web: {image: a/b}}
deployments: [{name: web, helm: {chart: {name: ./chart}}}]
`,
    });
    const build = await runCli(['build'], { cwd: project.dir, env });
    expect(build.stderr)
      .toBe(`error DOCKERFILE_MISSING: The Dockerfile of image "web" does not exist: Dockerfile
  hint: Create it, or set images.web.dockerfile in devspace.yaml to its path
`);
    const deploy = await runCli(['deploy'], { cwd: project.dir, env });
    expect(deploy.stderr)
      .toBe(`error CONFIG_UNSUPPORTED: devspace.yaml:3:27: deployments[0].helm: helm deployments are not supported yet
    3 | deployments: [{name: web, helm: {chart: {name: ./chart}}}]
      |                           ~~~~
  hint: use \`kubectl\` with manifests
`);
  });

  it('is told as missing where there is none up to the root', async () => {
    await using project = await makeProject({ 'deep/er/file': '' });
    for (const command of ['dev', 'deploy', 'build', 'purge']) {
      const { code, stderr } = await runCli([command], { cwd: project.path('deep/er'), env });
      expect(stderr)
        .toBe(`error CONFIG_NOT_FOUND: there is no devspace.yaml in ${project.path('deep/er')} or any folder above it
  hint: go to your project's folder, or make one there: devspace init
`);
      expect(code).toBe(1);
    }
  });

  it('is found in a folder above', async () => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v9\n', 'deep/er/file': '' });
    const { stderr } = await runCli(['dev'], { cwd: project.path('deep/er'), env });
    expect(stderr).toMatch(`info Using ${project.path('devspace.yaml')}\n`);
    expect(stderr).toContain('error CONFIG_VERSION: ../../devspace.yaml:1:10: ');
  });
});
