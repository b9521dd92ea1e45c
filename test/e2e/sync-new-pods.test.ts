import { access, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentManifest } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer } from '../rig/container.js';
import { startEvents, type MarkedCli } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

describe('new pods that bring back what was deleted', () => {
  let namespace: Namespace;
  let folder: Project;
  let sync: MarkedCli;
  let gone: string[] = [];
  const pods = async () => {
    const fields = '{.metadata.name} {.status.phase} {.metadata.deletionTimestamp}{"\\n"}';
    const list = await namespace.kubectl([
      'get',
      'pods',
      '--output',
      `jsonpath={range .items[*]}${fields}{end}`,
    ]);
    return list.split('\n').flatMap((line) => /^(\S+) Running $/.exec(line)?.[1] ?? []);
  };
  /** What each of two pods has; what cannot be looked into is on its way. */
  const allHave = (files: string) =>
    until(
      `${files} in both pods`,
      async () => {
        const found = (await pods())
          .filter((pod) => !gone.includes(pod))
          .map((pod) =>
            inContainer(
              namespace,
              pod,
              'cd /data && for f in $(find . -type f | sort); do echo $f=$(cat $f); done',
            ),
          );
        const both = await Promise.all(found).catch(() => []);
        return both.length === 2 && both.every((one) => one.trim().replaceAll('\n', ' ') === files);
      },
      90_000,
    );

  beforeAll(async () => {
    namespace = await makeNamespace();
    const image = await pushedBusybox();
    // An init container stands for the image: what it writes is there before anything can look.
    const fill = 'cd /data && mkdir d && echo v1 >f && echo x >d/x && echo k >keep';
    const container = `          command: [sleep, "100000"]
          volumeMounts: [{ name: data, mountPath: /data }]
      volumes: [{ name: data, emptyDir: {} }]
      initContainers:
        - name: fill
          image: ${image}
          command: [sh, -c, "${fill}"]
          volumeMounts: [{ name: data, mountPath: /data }]
`;
    const manifest = deploymentManifest({ image, replicas: 2, container });
    await namespace.kubectl(['apply', '--filename', '-'], { input: manifest });
    await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=90s']);
    folder = await makeProject({});
    const args = ['sync', '-l', 'app=web', '--container-path', '/data', '--sync-replicas'];
    sync = startEvents(namespace, args, { cwd: folder.dir });
    const isThrough = ofType('sync', ({ state }) => state === 'initial-done');
    await until('the first sync with both', () => sync.events().filter(isThrough).length === 2);
  }, 180_000);
  afterAll(async () => {
    await sync?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  it('lose it again, whether synced both ways or only uploaded to, and however it was edited before', async () => {
    await folder.write('f', 'v2\n');
    await allHave('./d/x=x ./f=v2 ./keep=k');
    await rm(folder.path('f'));
    await rm(folder.path('d'), { recursive: true });
    await allHave('./keep=k');
    gone = await pods();
    await namespace.kubectl(['delete', 'pods', '--selector', 'app=web', '--grace-period=0', '--force']);
    await allHave('./keep=k');
    for (const path of ['f', 'd']) await expect(access(folder.path(path))).rejects.toThrow('ENOENT');
    expect(sync.events().filter(({ type }) => type === 'sync-conflict')).toEqual([]);
  });
});
