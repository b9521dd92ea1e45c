import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofType, runCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer } from '../rig/container.js';
import { isReady, startEvents, type MarkedCli } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

const config = `version: v1beta3
dev:
  sync:
    - labelSelector: { app: one }
      localSubPath: src
      containerPath: /srv/app
      excludePaths: ['*.log']
    - labelSelector: { app: two }
      localSubPath: src
      containerPath: /srv/app
`;

describe('one folder, synced by two entries of dev.sync into two pods', () => {
  let namespace: Namespace;
  let project: Project;
  let dev: MarkedCli;

  beforeAll(async () => {
    namespace = await makeNamespace();
    const image = await pushedBusybox();
    for (const name of ['one', 'two']) {
      await startPod(namespace, { name, image });
      await namespace.kubectl(['label', 'pod', name, `app=${name}`]);
      await inContainer(namespace, name, 'mkdir -p /srv/app');
    }
    project = await makeProject({ 'devspace.yaml': config, 'src/a.txt': 'a\n', 'src/b.log': 'log\n' });
    dev = startEvents(namespace, ['dev'], { cwd: project.dir });
    await dev.event(isReady, 60_000);
  }, 120_000);
  afterAll(async () => {
    await dev?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
  });

  const run = (...args: string[]) => runCli(args, { cwd: project.dir });

  it('shows both', async () => {
    const table = await until('both', async () => {
      const { stdout } = await run('status', 'sync');
      return (stdout.match(/^Active/gm) ?? []).length === 2 && stdout;
    });
    expect(table).toMatch(/^Active +one /m);
    expect(table).toMatch(/^Active +two /m);
  });

  it('verifies each with its own pod, by its own rules', async () => {
    expect(await run('sync', 'verify')).toMatchObject({ code: 0, stdout: '' });
    await inContainer(namespace, 'two', 'rm /srv/app/b.log');
    await until('the file gone here', () =>
      readFile(project.path('src/b.log')).then(
        () => false,
        () => true,
      ),
    );
    expect(await run('sync', 'verify')).toMatchObject({ code: 0, stdout: '' });
  });

  it('says why for each', async () => {
    await project.write('src/c.log', 'log\n');
    await dev.event(ofType('sync-change', ({ path }) => path === 'c.log'));
    const { code, stdout } = await run('sync', 'why', 'src/c.log', '--output', 'json');
    expect(code).toBe(0);
    expect(stdout).toContain('*.log');
    expect(await inContainer(namespace, 'two', 'cat /srv/app/c.log')).toBe('log');
    expect(await inContainer(namespace, 'one', 'ls /srv/app')).toBe('a.txt');
  });

  it('writes down what it does', async () => {
    const log = await readFile(project.path('.devspace/logs/sync.log'), 'utf8');
    expect(log).toMatch(/c\.log/);
    expect(log).toMatch(/b\.log/);
  });
});
