import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubeconfigFor, kubeconfigWithBadToken } from '../cluster/index.js';
import { runCli } from '../rig/cli.js';
import { kubectl, makeNamespace, type Namespace } from '../rig/cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject, type Project } from '../rig/project.js';

// Users and tokens can be made up only where the tests hold the cluster's own keys.
const ownCluster = process.env.DEVSPACE_TEST_CONTEXT !== undefined;
if (ownCluster) console.warn('Skipped: refusals by the API server need the cluster of these tests');

describe.skipIf(ownCluster)('an API server that refuses', () => {
  let namespace: Namespace;
  let project: Project;
  beforeAll(async () => {
    namespace = await makeNamespace();
    await startPod(namespace, { name: 'one', image: await pushedBusybox() });
    project = await makeProject({
      'devspace.yaml': 'version: v1beta3\ndeployments: [{ name: web, kubectl: { manifests: [web.yaml] } }]\n',
      'web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    });
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await namespace[Symbol.asyncDispose]();
  });

  const run = (KUBECONFIG: string, ...[command = '', ...args]: string[]) =>
    runCli([command, '-n', namespace.name, ...args], { cwd: project.dir, env: { KUBECONFIG } });

  it.each([
    ['deploy'],
    ['enter', '--pod', 'one'],
    ['logs', '-f', '--pod', 'one'],
    ['logs'],
    ['sync', '--pod', 'one'],
  ])('credentials: %s %s', async (...args) => {
    const kubeconfig = await kubeconfigWithBadToken(project.path('bad-token'));
    const { code, stdout, stderr } = await run(kubeconfig, ...args, '--debug');
    expect(stderr).toMatch(
      /^error KUBE_UNAUTHORIZED: The API server https:\/\/\S+ \(context "devspace-test"\) does not accept your credentials: Unauthorized\n/m,
    );
    expect(stderr).toContain(
      'hint: Log in to the cluster again, then check with: kubectl --context devspace-test',
    );
    expect(stderr).not.toContain('not-a-token-of-this-cluster');
    expect([code, stdout]).toEqual([1, '']);
  });

  it.each([
    [['enter'], 'list', 'pods'],
    [['enter', '--pod', 'one'], 'list', 'pods'],
    [['logs'], 'list', 'pods'],
    [['logs', '-f', '--pod', 'one', '-c', 'main'], 'list', 'pods'],
  ])('a user: %j names %s %s', async (args, verb, resource) => {
    const kubeconfig = await kubeconfigFor({ user: 'stranger' }, project.path('stranger'));
    const { code, stdout, stderr } = await run(kubeconfig, ...args);
    expect(stderr).toMatch(/^error KUBE_FORBIDDEN: Not allowed in context "devspace-test": /m);
    expect(stderr).toContain(
      `User "stranger" cannot ${verb} resource "${resource}" in API group "" in the namespace "${namespace.name}"`,
    );
    expect(stderr).toContain(
      `hint: kubectl --context devspace-test auth can-i ${verb} ${resource} -n ${namespace.name}\n`,
    );
    expect([code, stdout]).toEqual([1, '']);
  });

  it('a user who may look at pods, but not into them', async () => {
    const user = 'looker';
    await namespace.kubectl(['create', 'role', user, '--verb=get,list,watch', '--resource=pods']);
    await namespace.kubectl(['create', 'rolebinding', user, `--role=${user}`, `--user=${user}`]);
    const kubeconfig = await kubeconfigFor({ user }, project.path(user));
    const entered = await run(kubeconfig, 'enter', '--', 'true');
    expect(entered.stderr).toMatch(/^error KUBE_FORBIDDEN: .*cannot (create|get) resource "pods\/exec"/m);
    expect(entered.stderr).toMatch(/hint: .*auth can-i (create|get) pods --subresource=exec -n /);
    expect(entered.code).toBe(1);
    const logged = await run(kubeconfig, 'logs');
    expect(logged.stderr).toMatch(/^error KUBE_FORBIDDEN: .*cannot get resource "pods\/log"/m);
    expect(logged.code).toBe(1);
  });

  it('a user who may not deploy, or not purge', async () => {
    const kubeconfig = await kubeconfigFor({ user: 'guest' }, project.path('guest'));
    const deployed = await run(kubeconfig, 'deploy');
    expect(deployed.stderr).toMatch(/^error DEPLOY_FAILED: Deployment "web" failed/m);
    expect(deployed.stderr).toMatch(
      /User "guest" cannot get resource "configmaps" in API group "" in the namespace/,
    );
    expect(deployed.stderr).toContain(`auth can-i --list --namespace ${namespace.name}\n`);
    expect(deployed.code).toBe(1);
    await namespace.kubectl(['create', 'configmap', 'a']);
    const purged = await run(kubeconfig, 'purge');
    expect(purged.stderr).toMatch(/^error PURGE_FAILED: /m);
    expect(purged.stderr).toMatch(/User "guest" cannot delete resource "configmaps"/);
    expect(purged.code).toBe(1);
    expect(await namespace.kubectl(['get', 'configmap', 'a', '--output', 'name'])).toBe('configmap/a');
  });

  it('a user who may not create the namespace', async () => {
    const user = 'viewer';
    await kubectl([
      'create',
      'clusterrolebinding',
      `${namespace.name}-${user}`,
      '--clusterrole=view',
      `--user=${user}`,
    ]);
    try {
      const kubeconfig = await kubeconfigFor({ user }, project.path(user));
      const missing = `${namespace.name}-missing`;
      const { code, stderr } = await runCli(['deploy', '-n', missing], {
        cwd: project.dir,
        env: { KUBECONFIG: kubeconfig },
      });
      expect(stderr).toMatch(/^error KUBE_FORBIDDEN: .*User "viewer" cannot create resource "namespaces"/m);
      expect(code).toBe(1);
    } finally {
      await kubectl(['delete', 'clusterrolebinding', `${namespace.name}-${user}`]);
    }
  });
});
