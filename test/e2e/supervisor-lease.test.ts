import { mkdtemp, realpath, rm, cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubeconfigFor } from '../cluster/index.js';
import { allWorks } from '../rig/all-works.js';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { answer, isReady, startEvents, startMarked, type MarkedCli } from '../rig/dev-run.js';
import { until } from '../rig/until.js';
import { startUpgradeProxy } from '../rig/upgrade-proxy.js';

interface Lease {
  metadata: { name: string; uid: string; annotations: Record<string, string> };
  spec: { holderIdentity: string };
}

const kubeconfig = process.env.DEVSPACE_TEST_KUBECONFIG;
const ours = kubeconfig !== undefined && process.env.DEVSPACE_TEST_CONTEXT === undefined;
if (!ours) console.warn("Skipped: users and a proxy of their own take the tests' own cluster");

describe.skipIf(!ours)('the lease of a dev run', () => {
  let namespace: Namespace;
  let project: WebProject;
  /** The same project without anything that earlier runs left in its folder. */
  let elsewhere: string;
  const dev = (cwd: string, flags: readonly string[] = [], env = {}): MarkedCli =>
    startEvents(namespace, ['dev', '--no-open', ...flags], { cwd, env });
  const leases = async (): Promise<Lease[]> =>
    (JSON.parse(await namespace.kubectl(['get', 'leases', '--output', 'json'])) as { items: Lease[] }).items;
  const podUids = () => namespace.kubectl(['get', 'pods', '--output', 'jsonpath={.items[*].metadata.uid}']);
  /** As if the run were one of another machine, which can only be asked. */
  const moveAway = async ({ metadata: { annotations, name } }: Lease) => {
    const holder = JSON.parse(annotations['devspace.sh/holder']!) as object;
    const text = JSON.stringify({ ...holder, host: 'another-machine' });
    await namespace.kubectl(['annotate', '--overwrite', 'lease', name, `devspace.sh/holder=${text}`]);
  };
  const userWithout = async (user: string, leaseVerbs: readonly string[]) => {
    const rule = (apiGroups: string[], resources: string[], verbs: readonly string[] = ['*']) => ({
      apiGroups,
      resources,
      verbs,
    });
    const rules = [
      rule([''], ['pods', 'pods/exec', 'pods/log', 'pods/portforward']),
      rule(['apps'], ['deployments']),
      ...(leaseVerbs.length > 0 ? [rule(['coordination.k8s.io'], ['leases'], leaseVerbs)] : []),
    ];
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: user },
      rules,
    };
    await namespace.kubectl(['apply', '--filename', '-'], { input: JSON.stringify(role) });
    await namespace.kubectl(['create', 'rolebinding', user, `--role=${user}`, `--user=${user}`]);
    return { KUBECONFIG: await kubeconfigFor({ user }, project.path(`kubeconfig-${user}`)) };
  };
  const stop = async (run: MarkedCli) => {
    run.child.kill('SIGINT');
    expect((await run.exited).code).toBe(0);
  };

  beforeAll(async () => {
    namespace = await makeNamespace();
    ({ project, elsewhere } = await twoFolders());
  });
  afterAll(async () => {
    await rm(elsewhere, { recursive: true, force: true });
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('is made anew when somebody deletes it; a run beside it neither builds nor deploys', async () => {
    await using first = dev(project.dir);
    await first.event(isReady);
    const [lease] = await leases();
    await namespace.kubectl(['delete', 'lease', lease!.metadata.name]);
    const again = await until('another lease', async () => (await leases())[0]);
    expect(again.metadata.uid).not.toBe(lease!.metadata.uid);
    expect(again.spec.holderIdentity).toBe(lease!.spec.holderIdentity);

    const before = await podUids();
    // This folder has never seen a build.
    await using beside = dev(elsewhere, ['--beside']);
    await beside.event(isReady);
    await beside.event(
      ofType('note', ({ text }) => /^Beside the run of .*nothing is built or deployed/.test(text)),
    );
    const moved = await beside.event(ofType('note', ({ text }) => text.includes('is taken')));
    const port = /: (\d+) takes its place/.exec(moved.text)?.[1];
    expect(await answer(`http://127.0.0.1:${port}/index.html?by=beside`)).toContain('hello');
    await beside.event(
      ofType('log', ({ line, prefix }) => line.includes('url:/index.html') && prefix.includes('web')),
    );
    expect(beside.events().filter(ofType('image', ({ state }) => state !== 'skipped'))).toEqual([]);
    expect(beside.events().filter(ofType('deployment'))).toEqual([]);
    expect(await podUids()).toBe(before);
    await stop(beside);
    await stop(first);
    expect(await leases()).toEqual([]);
  });

  it('is heard, and all works, where a proxy lets no WebSockets through', async () => {
    await using proxy = await startUpgradeProxy(kubeconfig!, { webSocket: 'none', spdy: true });
    const admin = JSON.parse(await namespace.kubectl(['config', 'view', '--raw', '--output', 'json'])) as {
      clusters: { cluster: { server: string } }[];
    };
    admin.clusters[0]!.cluster.server = proxy.url;
    await project.write('kubeconfig-proxy', JSON.stringify(admin), 0o600);
    await using first = dev(project.dir, [], { KUBECONFIG: project.path('kubeconfig-proxy') });
    await first.event(isReady);
    await allWorks({ namespace, project, dev: first }, 0);
    expect(proxy.upgrades.some((upgrade) => upgrade.startsWith('SPDY'))).toBe(true);

    const [lease] = await leases();
    await moveAway(lease!);
    await using second = startMarked(namespace, ['dev'], { cwd: elsewhere });
    expect(await second.exited).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/error DEV_RUNNING: \w+@another-machine runs devspace dev/) as string,
    });
    await namespace.kubectl(['delete', 'lease', lease!.metadata.name]);
    await until('another lease', async () => (await leases()).length === 1);

    // Everything comes back over SPDY as well.
    await namespace.kubectl(['delete', 'pod', '--selector', 'app=web', '--wait=false']);
    await first.event(ofType('run', ({ state }) => state === 'recovering'));
    await allWorks({ namespace, project, dev: first }, 0);
    await stop(first);
    expect(await leases()).toEqual([]);
  });

  it('is done without, with one warning, by a user who may use none', async () => {
    const env = await userWithout('leaseless', []);
    // Whether there is another one cannot be seen, so the user's word counts.
    await using run = dev(project.dir, ['--beside'], env);
    await run.event(isReady);
    expect(run.events().filter(ofType('deployment'))).toEqual([]);
    const warnings = run.events().filter(ofType('warning'));
    expect(warnings).toEqual([
      expect.objectContaining({
        code: 'RUNS_UNKNOWN',
        text: expect.stringContaining('cannot list resource "leases"') as string,
        hint: expect.stringContaining('auth can-i list leases') as string,
      }),
    ]);
    await stop(run);
  });

  it('of a user who may not watch it is respected although he hears no question', async () => {
    const env = await userWithout('deaf', ['get', 'list', 'create', 'patch', 'delete']);
    await using run = dev(project.dir, ['--skip-pipeline'], env);
    await run.event(isReady);
    const isDeaf = ({ metadata }: Lease) => metadata.annotations['devspace.sh/deaf'] === 'true';
    const lease = await until('the lease to tell', async () => (await leases()).find(isDeaf));
    await moveAway(lease);
    await using second = startMarked(namespace, ['dev'], { cwd: elsewhere });
    const { code, stderr } = await second.exited;
    expect(stderr).toMatch(
      /DEV_RUNNING: \w+@another-machine cannot be asked, and probably runs devspace dev/,
    );
    expect(code).toBe(1);
    await stop(run);
    expect(await leases()).toEqual([]);
  });
});

/** A project and a copy of it elsewhere, for another run. */
async function twoFolders(): Promise<{ project: WebProject; elsewhere: string }> {
  const project = await makeWebProject();
  const elsewhere = await realpath(await mkdtemp(join(tmpdir(), 'devspace-elsewhere-')));
  await cp(project.dir, elsewhere, { recursive: true });
  return { project, elsewhere };
}

describe('what a user at a terminal is asked when another run is found', () => {
  const terminal = { columns: 120, rows: 40 };
  let namespace: Namespace;
  let project: WebProject;
  let elsewhere: string;
  beforeAll(async () => {
    namespace = await makeNamespace();
    ({ project, elsewhere } = await twoFolders());
  });
  afterAll(async () => {
    await rm(elsewhere, { recursive: true, force: true });
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('nothing happens unless it is chosen; beside and take over do what they say', async () => {
    await using first = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await first.event(isReady);
    const second = (): MarkedCli =>
      startMarked(namespace, ['dev', '--no-open'], { cwd: elsewhere, terminal });
    const asks = /What do you want to do\?[^]*Take over: it ends there[^]*Run beside it/;

    for (const [keys, expected] of [
      ['\r', 1],
      ['\u0003', 130],
    ] as const) {
      await using cli = second();
      await cli.printed(asks);
      cli.child.stdin.write(keys);
      expect((await cli.exited).code).toBe(expected);
      expect(await cli.processes()).toEqual([]);
    }
    expect((await namespace.kubectl(['get', 'leases', '--output', 'name'])).split('\n').length).toBe(1);
    {
      await using cli = second();
      await cli.printed(asks);
      cli.child.stdin.write('\u001b[B\u001b[B\r');
      await cli.printed(/Beside the run of[^]*Ready in/);
      cli.child.stdin.write('\u0003');
      expect((await cli.exited).code).toBe(0);
    }
    await using third = second();
    await third.printed(asks);
    third.child.stdin.write('\u001b[B\r');
    expect(await first.exited).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has taken over') as string,
    });
    await third.printed(/Ready in/, 120_000);
    third.child.stdin.write('\u0003');
    expect((await third.exited).code).toBe(0);
    expect(await namespace.kubectl(['get', 'leases', '--output', 'name'])).toBe('');
  });
});
