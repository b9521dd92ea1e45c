import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubeconfigFor } from '../cluster/index.js';
import { ofType, runCli } from '../rig/cli.js';
import { makeNamespace, REGISTRY, type Namespace } from '../rig/cluster.js';
import type { Pod } from '../../src/kube/api/objects.js';
import { startMarked, synced } from '../rig/dev-run.js';
import { pushedBusybox, pushedImage } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

// Users can be made up only where the tests hold the cluster's own keys.
const ownCluster = process.env.DEVSPACE_TEST_CONTEXT !== undefined;
if (ownCluster) console.warn('Skipped: missing permissions need the cluster of these tests');

const isThrough = ofType('sync', ({ state }) => state === 'initial-done');

/** A pod. */
interface Where {
  namespace: Namespace;
  pod: string;
}

describe.concurrent('syncing with containers in which nothing can be started', () => {
  let namespace: Namespace;
  /** Admits only pods and ephemeral containers without any privilege. */
  let restricted: Namespace;
  let busybox: string;
  beforeAll(async () => {
    namespace = await makeNamespace();
    restricted = await makeNamespace();
    const policy = 'pod-security.kubernetes.io/enforce=restricted';
    await restricted.kubectl(['label', 'namespace', restricted.name, policy]);
    busybox = await pushedBusybox();
  });
  afterAll(async () => {
    await restricted?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
  });

  /** For a user with these rights in the namespace. */
  async function kubeconfigWith(folder: Project, user: string, rules: readonly unknown[]): Promise<string> {
    const metadata = { name: user };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }];
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    for (const object of [
      { apiVersion, kind: 'Role', metadata, rules },
      { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
    ])
      await namespace.kubectl(['apply', '--filename', '-'], { input: JSON.stringify(object) });
    return kubeconfigFor({ user }, folder.path('.devspace-kubeconfig'));
  }

  /** An image with one program, and a directory it may write to. */
  async function pushedNoShell(user = ''): Promise<string> {
    const ref = `${REGISTRY}/e2e-no-shell:${user === '' ? 'root' : user.replace(':', '-')}`;
    const owner = user === '' ? '' : `--chown=${user} `;
    await pushedImage(
      ref,
      `FROM busybox:1 AS made
RUN mkdir -p /made/work && ln -s /work /made/link
FROM scratch
COPY --from=busybox:1 /bin/busybox /busybox
COPY ${owner}--from=made /made /
WORKDIR /work
${user === '' ? '' : `USER ${user}`}
`,
    );
    return ref;
  }
  const noShellCommand = ['/busybox', 'sleep', '100000'];
  const inside = ({ namespace, pod }: Where, ...command: string[]) =>
    namespace.kubectl(['exec', pod, '-c', 'main', '--', '/busybox', ...command]);
  /** The ephemeral containers of a pod and the state of each. */
  const ephemeralNow = async ({ namespace, pod: name }: Where): Promise<Record<string, string>> => {
    const pod = JSON.parse(await namespace.kubectl(['get', 'pod', name, '-o', 'json'])) as Pod;
    const statuses = pod.status.ephemeralContainerStatuses ?? [];
    return Object.fromEntries(statuses.map(({ name, state }) => [name, Object.keys(state ?? {})[0] ?? '']));
  };
  const flagsFor = (folder: Project) => ({ cwd: folder.dir, env: { DEVSPACE_HELPER_IMAGE: busybox } });

  it.each([
    { name: 'root', user: '', container: {}, spec: {}, ephemeral: ['devspace-sync-1'] },
    // Who the image's user is shows only when it runs: the first one finds out, and later runs know.
    {
      name: 'image-user',
      user: '65532:65531',
      container: {},
      spec: {},
      ephemeral: ['devspace-sync-1', 'devspace-sync-2'],
    },
    {
      name: 'restricted',
      user: '65532:65532',
      container: {
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
      spec: {},
      // The first guess is the user that images without a shell usually have.
      ephemeral: ['devspace-sync-1'],
    },
    {
      name: 'shared',
      user: '',
      container: {},
      spec: { shareProcessNamespace: true },
      ephemeral: ['devspace-sync-1'],
    },
  ])('no shell, $name: from an ephemeral container', async ({ name, user, container, spec, ephemeral }) => {
    const pod = `no-shell-${name}`;
    const at = { namespace: name === 'restricted' ? restricted : namespace, pod };
    const image = await pushedNoShell(user);
    await startPod(at.namespace, { name: pod, image, command: noShellCommand, container, spec });
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    await folder.write('bin/run', 'x\n', 0o755);
    const since = performance.now();
    const start = () =>
      startMarked(at.namespace, ['sync', '--pod', pod, '--output', 'json'], flagsFor(folder));
    {
      await using sync = start();
      await sync.event(isThrough);
      expect(await inside(at, 'cat', '/work/a.txt')).toBe('a');
      const owner = `${await inside(at, 'id', '-u')}:${await inside(at, 'id', '-g')}`;
      if (user !== '') expect(owner).toMatch(/^65532:/);
      expect(await inside(at, 'stat', '-c', '%a %u:%g', '/work/bin/run')).toBe(`755 ${owner}`);
      await inside(at, 'touch', '/work/there.txt');
      await sync.event(synced('there.txt', 'down'));
      // Its processes die with the connection or before; the way in stays for the next.
      const helper = await helperOf(at);
      await inside(at, 'kill', '-9', helper);
      await sync.event(ofType('sync', ({ state }) => state === 'stopped'));
      await folder.write('later.txt', 'later\n');
      await until('a later file', async () => (await inside(at, 'cat', '/work/later.txt')) === 'later');
      sync.child.kill('SIGINT');
      expect((await sync.exited).code).toBe(0);
    }
    expect(Object.keys(await ephemeralNow(at)).sort()).toEqual(ephemeral);
    expect(await inside(at, 'find', '/', '-xdev', '-name', '.devspace-*')).toBe('');
    // Another run while it lingers uses the same, through a link that means something there only.
    {
      await using sync = startMarked(
        at.namespace,
        ['sync', '--pod', pod, '--container-path', '/link', '--output', 'json'],
        flagsFor(folder),
      );
      await sync.event(isThrough);
      await folder.write('linked.txt', 'linked\n');
      await sync.event(synced('linked.txt', 'up'));
      expect(await inside(at, 'cat', '/work/linked.txt')).toBe('linked');
      sync.child.kill('SIGINT');
      expect((await sync.exited).code).toBe(0);
    }
    // It lingers for half a minute: on a machine that is very busy the second run may come too late for it.
    const isLate = performance.now() - since > 25_000;
    if (isLate) console.log(`${name}: not looked at whether the second run used the same container`);
    await until(
      'the end of the ephemeral containers',
      async () => Object.values(await ephemeralNow(at)).every((state) => state === 'terminated'),
      90_000,
    );
    if (!isLate) expect(Object.keys(await ephemeralNow(at)).sort()).toEqual(ephemeral);
  });

  it('no shell, in a dev run: from the image that the entry of dev.sync names', async () => {
    const pod = 'no-shell-dev';
    const at = { namespace, pod };
    await startPod(namespace, { name: pod, image: await pushedNoShell(), command: noShellCommand });
    await namespace.kubectl(['label', 'pod', pod, `app=${pod}`]);
    await using folder = await makeProject({
      'src/a.txt': 'a\n',
      'devspace.yaml': `version: v1beta3
dev:
  sync:
    - labelSelector: { app: ${pod} }
      localSubPath: src
      containerPath: /work
      helperImage: ${busybox}
`,
    });
    // That of the environment counts only where the entry says nothing.
    const env = { DEVSPACE_HELPER_IMAGE: `${REGISTRY}/there-is-no-such:1` };
    await using dev = startMarked(namespace, ['dev', '--output', 'json'], { cwd: folder.dir, env });
    await dev.event(isThrough);
    expect(await inside(at, 'cat', '/work/a.txt')).toBe('a');
    // What looks at both sides goes in the same way.
    const { code } = await runCli(['sync', 'verify'], { cwd: folder.dir, env });
    expect(code).toBe(0);
    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);
  });

  /** The helper's process, as the container numbers it. */
  async function helperOf(at: Where): Promise<string> {
    const listed = await inside(at, 'ps', '-o', 'pid,args');
    return /^ *(\d+) \S*\/devspace-helper-[a-z0-9]* serve/m.exec(listed)![1]!;
  }

  it.skipIf(ownCluster)('no shell, and no permission to get beside it: says which', async () => {
    await startPod(namespace, {
      name: 'no-shell-rbac',
      image: await pushedNoShell(),
      command: noShellCommand,
    });
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    const kubeconfig = await kubeconfigWith(folder, 'no-ephemeral', [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
    ]);
    const env = { DEVSPACE_HELPER_IMAGE: busybox, KUBECONFIG: kubeconfig };
    await using sync = startMarked(namespace, ['sync', '--pod', 'no-shell-rbac'], { cwd: folder.dir, env });
    const { code, stderr } = await sync.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error SYNC_NO_SHELL: .*has no shell.*patch pods\/ephemeralcontainers/m);
    expect(stderr).toMatch(/hint: kubectl .*auth can-i patch pods --subresource=ephemeralcontainers/);
  });

  it.skipIf(ownCluster)('no permission to run commands: says which', async () => {
    await startPod(namespace, { name: 'no-exec', image: busybox });
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    const kubeconfig = await kubeconfigWith(folder, 'no-exec', [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
    const env = { KUBECONFIG: kubeconfig };
    await using sync = startMarked(namespace, ['sync', '--pod', 'no-exec'], { cwd: folder.dir, env });
    const { code, stderr } = await sync.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error KUBE_FORBIDDEN: .*pods\/exec/m);
    expect(stderr).toMatch(/hint: kubectl .*auth can-i \S+ pods --subresource=exec/);
  });

  it('no shell, and an image for the helper that cannot be had: says so', async () => {
    await startPod(namespace, { name: 'no-image', image: await pushedNoShell(), command: noShellCommand });
    await using folder = await makeProject({ 'a.txt': 'a\n' });
    const env = { DEVSPACE_HELPER_IMAGE: `${REGISTRY}/there-is-no-such:1` };
    for (const _ of ['first', 'again']) {
      await using sync = startMarked(namespace, ['sync', '--pod', 'no-image'], { cwd: folder.dir, env });
      const { code, stderr } = await sync.exited;
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^error SYNC_NO_SHELL: .*there-is-no-such:1 does not start: .*(ErrImagePull|ImagePullBackOff)/m,
      );
      expect(stderr).toMatch(/hint: .*DEVSPACE_HELPER_IMAGE=/);
    }
    expect(Object.keys(await ephemeralNow({ namespace, pod: 'no-image' }))).toEqual(['devspace-sync-1']);
  });
});
