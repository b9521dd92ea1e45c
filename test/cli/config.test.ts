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

  it('is told as missing where there is none up to the root', async () => {
    await using project = await makeProject({ 'deep/er/file': '' });
    const { code, stderr } = await runCli(['dev'], { cwd: project.path('deep/er'), env });
    expect(stderr).toMatch(/^error CONFIG_NOT_FOUND: .*deep\/er/);
    expect(stderr).toContain('hint: ');
    expect(code).toBe(1);
  });

  it('is found in a folder above', async () => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v9\n', 'deep/er/file': '' });
    const { stderr } = await runCli(['dev'], { cwd: project.path('deep/er'), env });
    expect(stderr).toContain(project.path('devspace.yaml'));
    expect(stderr).toContain('CONFIG_VERSION');
  });
});
