import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const CONFIG = 'version: v1beta3\n';

function kubeconfig(server: string, current = 'test'): string {
  return `apiVersion: v1
kind: Config
current-context: ${current}
clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: { token: secret-token-value } }]
contexts: [{ name: test, context: { cluster: c, user: u } }]
`;
}

/** A port that nothing listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 1;
}

describe('without a usable cluster', () => {
  it.each(['dev', 'deploy', 'purge', 'enter', 'logs', 'sync'])(
    '%s says that there is no kubeconfig',
    async (command) => {
      await using project = await makeProject({ 'devspace.yaml': CONFIG });
      const env = { KUBECONFIG: undefined, HOME: project.dir, USERPROFILE: project.dir };
      const { code, stderr } = await runCli([command], { cwd: project.dir, env });
      expect(stderr).toMatch(/^error KUBE_CONFIG_NOT_FOUND: .*\.kube/m);
      expect(stderr).toMatch(/^ {2}hint: .*KUBECONFIG/m);
      expect(code).toBe(1);
    },
  );

  it('says that there is no current context', async () => {
    await using project = await makeProject({
      'devspace.yaml': CONFIG,
      config: kubeconfig('https://127.0.0.1:1', '""'),
    });
    const { code, stderr } = await runCli(['dev'], {
      cwd: project.dir,
      env: { KUBECONFIG: project.path('config') },
    });
    expect(stderr).toMatch(/^error KUBE_CONFIG_NOT_FOUND: .*no current context/m);
    expect(code).toBe(1);
  });

  it('names the contexts there are when an unknown one is asked for', async () => {
    await using project = await makeProject({
      'devspace.yaml': CONFIG,
      config: kubeconfig('https://127.0.0.1:1'),
    });
    const { code, stderr } = await runCli(['dev', '--kube-context', 'prod'], {
      cwd: project.dir,
      env: { KUBECONFIG: project.path('config') },
    });
    expect(stderr).toMatch(/^error KUBE_CONTEXT_UNKNOWN: .*prod/m);
    expect(stderr).toMatch(/^ +test$/m);
    expect(code).toBe(1);
  });

  it.each(['dev', 'logs'])(
    '%s says that the API server cannot be reached, and keeps the token to itself',
    async (command) => {
      const server = `https://127.0.0.1:${await closedPort()}`;
      await using project = await makeProject({ 'devspace.yaml': CONFIG, config: kubeconfig(server) });
      const { code, stderr } = await runCli([command, '--debug'], {
        cwd: project.dir,
        env: { KUBECONFIG: project.path('config') },
      });
      expect(stderr).toMatch(/^error KUBE_UNREACHABLE: /m);
      expect(stderr).toContain(server);
      expect(stderr).toMatch(/^ {2}hint: /m);
      expect(stderr).not.toContain('secret-token-value');
      expect(code).toBe(1);
    },
  );
});
