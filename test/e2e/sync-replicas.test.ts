import { access, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentManifest } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { startEvents, type MarkedCli } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

describe('several replicas', () => {
  let namespace: Namespace;
  let folder: Project;
  let sync: MarkedCli;
  const pods = async () => {
    const list = await namespace.kubectl([
      'get',
      'pods',
      '--output',
      'jsonpath={range .items[?(@.status.phase=="Running")]}{.metadata.name} {.metadata.deletionTimestamp}{"\\n"}{end}',
    ]);
    return list.split('\n').flatMap((line) => /^(\S+) $/.exec(line)?.[1] ?? []);
  };
  const contents = async (path: string) =>
    Promise.all(
      (await pods()).map((pod) => inContainer(namespace, pod, `cat /work/${path} 2>/dev/null || true`)),
    );
  const allHave = (path: string, content: string, count = 3) =>
    until(
      `${path} in ${count} pods`,
      async () => {
        const found = await contents(path);
        return found.length === count && found.every((one) => one === content);
      },
      60_000,
    );
  /** The pod that sync last chose to sync both ways with. */
  const source = () =>
    sync
      .events()
      .findLast(ofType('sync', ({ state, remote }) => state === 'connecting' && !remote.includes(':')))
      ?.pod ?? '';

  beforeAll(async () => {
    namespace = await makeNamespace();
    const image = await pushedBusybox();
    const container = '          workingDir: /work\n          command: [sleep, "100000"]\n';
    const manifest = deploymentManifest({ image, replicas: 3, container });
    await namespace.kubectl(['apply', '--filename', '-'], { input: manifest });
    await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=90s']);
    folder = await makeProject({ a: 'a' });
    sync = startEvents(namespace, ['sync', '-l', 'app=web', '--sync-replicas'], { cwd: folder.dir });
    await sync.event(ofType('note', ({ text }) => text.startsWith('Syncing.')));
  }, 180_000);
  afterAll(async () => {
    await sync?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  it('all get what is made here, and what the source makes', async () => {
    await allHave('a', 'a');
    await folder.write('b', 'b');
    await allHave('b', 'b');
    await inContainer(namespace, source(), 'printf made > /work/c');
    await allHave('c', 'made');
    expect(await readFile(folder.path('c'), 'utf8')).toBe('made');
  });

  it('only the source is downloaded from', async () => {
    const follower = (await pods()).find((pod) => pod !== source()) ?? '';
    await inContainer(namespace, follower, 'printf own > /work/own');
    await folder.write('d', 'd');
    await allHave('d', 'd');
    await expect(access(folder.path('own'))).rejects.toThrow('ENOENT');
  });

  it('another becomes the source when it goes, and the new pod joins, without a word', async () => {
    const first = source();
    await namespace.kubectl(['delete', 'pod', first, '--grace-period=0', '--force']);
    await until('another source', () => source() !== first, 60_000);
    await allHave('d', 'd');
    await folder.write('e', 'e');
    await allHave('e', 'e');
    await inContainer(namespace, source(), 'printf new > /work/f');
    await allHave('f', 'new');
    const warnings = sync.events().filter(({ type }) => type === 'warning');
    // The source's own broken stream, at most.
    expect(warnings.filter((event) => event.type === 'warning' && event.code !== 'SYNC_STREAM_LOST')).toEqual(
      [],
    );
  });

  it('those that come later join, those that go leave', async () => {
    await namespace.kubectl(['scale', 'deployment/web', '--replicas=4']);
    await allHave('e', 'e', 4);
    await namespace.kubectl(['scale', 'deployment/web', '--replicas=2']);
    await until('two pods', async () => (await pods()).length === 2, 60_000);
    await folder.write('g', 'g');
    await allHave('g', 'g', 2);
  });

  it('nothing is left behind', async () => {
    sync.child.kill('SIGINT');
    expect(await sync.exited).toMatchObject({ code: 0, stderr: '' });
    for (const pod of await pods()) expect(await syncLeftovers(namespace, pod)).toBe('');
  });
});
