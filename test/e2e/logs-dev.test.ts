import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/report/events.js';
import { removeImages, uniqueRepository } from '../rig/app.js';
import { ofType, type RunningCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer } from '../rig/container.js';
import { isReady, startEvents, startMarked } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

const repository = uniqueRepository();

/** Prints ten lines and then what it is told to through a file; ends when it is told to. */
const SERVE = `#!/bin/sh
for i in 1 2 3 4 5 6 7 8 9 10; do echo "line $i"; done
while [ ! -e /tmp/die ]; do
  [ -e /tmp/say ] && { cat /tmp/say; rm /tmp/say; }
  sleep 0.1
done
rm /tmp/die
exit 7
`;

const deployment = (
  name: string,
  image: string,
  { init = false, script = '/serve' } = {},
) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 0
${init ? `      initContainers: [{ name: migrate, image: ${image}, command: [sh, -c, echo migrating] }]\n` : ''}\
      containers: [{ name: app, image: ${image}, command: [sh, -c, "${script}"] }]
`;

describe('the log stream of devspace dev', () => {
  let namespace: Namespace;
  let other: Namespace;
  let project: Project;
  beforeAll(async () => {
    [namespace, other] = await Promise.all([makeNamespace(), makeNamespace()]);
    const busybox = await pushedBusybox();
    project = await makeProject({
      'devspace.yaml': `version: v1beta3
images:
  web: { image: ${repository}, createPullSecret: false }
deployments:
  - { name: web, kubectl: { manifests: [kube/web.yaml] } }
  - { name: far, namespace: ${other.name}, kubectl: { manifests: [kube/far.yaml] } }
dev:
  sync:
    - { imageName: web, labelSelector: { app: web }, localSubPath: ./src, containerPath: /src }
  logs: { showLast: 3, selectors: [{ labelSelector: { app: picked } }] }
`,
      Dockerfile: 'FROM busybox:1\nCOPY serve /serve\nCOPY src /src\n',
      'src/a': 'a\n',
      'kube/web.yaml': [
        deployment('web', repository, { init: true }),
        deployment('not-ours', busybox, { script: 'while true; do echo not ours; sleep 1; done' }),
        deployment('picked', busybox, { script: 'while true; do echo picked; sleep 1; done' }),
      ].join('---\n'),
      'kube/far.yaml': deployment('far', repository),
    });
    await project.write('serve', SERVE, 0o755);
  });
  afterAll(async () => {
    await namespace?.[Symbol.asyncDispose]();
    await other?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
    await removeImages(repository);
  });

  const start = (...args: string[]) =>
    startEvents(namespace, ['dev', '--no-open', ...args], { cwd: project.dir });
  const line = (text: string, prefix?: RegExp) =>
    ofType('log', (event) => event.line === text && (prefix === undefined || prefix.test(event.prefix)));
  const logs = (cli: RunningCli): string[] =>
    cli.events().flatMap((event: Event) => (event.type === 'log' ? [`${event.prefix}: ${event.line}`] : []));
  const say = (target: string, text: string, where = namespace) =>
    inContainer(where, target, `echo "${text}" > /tmp/say.new; mv /tmp/say.new /tmp/say`);
  const stop = async (cli: RunningCli) => {
    cli.child.kill('SIGINT');
    expect((await cli.exited).code).toBe(0);
  };

  it('shows all containers of the images, in every namespace that is deployed to, and no others', async () => {
    await using dev = start();
    await dev.event(isReady, 120_000);
    await dev.event(line('migrating', /^web( .*)? migrate$/));
    await dev.event(line('picked', /^picked-[^ ]*$/));
    await say('deploy/far', 'from afar', other);
    await dev.event(line('from afar', /^web far-/));
    await say('deploy/web', 'from here');
    await dev.event(line('from here', /^web web-/));
    expect(logs(dev).filter((text) => text.includes('not ours'))).toEqual([]);

    // One that appears later is shown from its first line.
    await namespace.kubectl(['scale', 'deployment/web', '--replicas=2']);
    await until(
      'twice ten lines of web',
      () => logs(dev).filter((text) => /^web web-.*: line 10$/.test(text)).length + 1 >= 2,
    );
    await namespace.kubectl(['scale', 'deployment/web', '--replicas=1']);
    await stop(dev);
  });

  it('begins with the last lines, tells of a restart, and repeats nothing', async () => {
    await namespace.kubectl(['rollout', 'status', 'deployment/web']);
    await until(
      'one pod of web',
      async () =>
        (await namespace.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name'])).trim().split('\n')
          .length === 1,
    );
    await using dev = start('--skip-pipeline');
    await dev.event(isReady, 60_000);
    await say('deploy/web', 'before the end');
    await dev.event(line('before the end'));
    const first = logs(dev).filter((text) => /^web( web-.*)?: line/.test(text));
    expect(first.length).toBeLessThanOrEqual(3);
    await inContainer(namespace, 'deploy/web', 'touch /tmp/die');
    const told = await dev.event(ofType('note', ({ text }) => text.includes('restarted')));
    expect(told.text).toMatch(/^Container app of pod web-\S+ was restarted after exit code 7$/);
    await dev.event(line('line 10', /web/));
    await until('the whole second life', () =>
      logs(dev).some((text) => /^web( web-.*)?: line 1$/.test(text)),
    );
    expect(logs(dev).filter((text) => text.endsWith(': before the end'))).toHaveLength(1);
    await stop(dev);
  });

  it('shows nothing when it is told to, and only the images it is told to', async () => {
    for (const section of ['{ disabled: true }', '{ images: [] }']) {
      const config = `version: v1beta3\nimages:\n  web: { image: ${repository} }\ndev:\n  logs: ${section}\n`;
      await using here = await makeProject({ 'devspace.yaml': config, Dockerfile: 'FROM busybox:1\n' });
      await using dev = startEvents(namespace, ['dev', '--no-open', '--skip-push'], { cwd: here.dir });
      await dev.event(isReady, 60_000);
      await stop(dev);
      expect(logs(dev)).toEqual([]);
    }
  });

  it('stops neither sync nor Ctrl-C when the terminal takes nothing', async () => {
    await using dev = startMarked(namespace, ['dev', '--no-open', '--skip-pipeline'], {
      cwd: project.dir,
      terminal: { columns: 100, rows: 30 },
    });
    await dev.printed(/Ready in/);
    // More than terminal and pipe hold.
    dev.child.stdout.pause();
    await inContainer(
      namespace,
      'deploy/web',
      'yes "$(printf %99s x)" | head -c 5000000 > /tmp/say.new; mv /tmp/say.new /tmp/say',
    );
    await until('it was printed', () =>
      inContainer(namespace, 'deploy/web', '[ -e /tmp/say ] || echo done').then((text) => text === 'done'),
    );
    await project.write('src/while-stopped', 'synced\n');
    await until(
      'the file there',
      async () =>
        (await inContainer(namespace, 'deploy/web', 'cat /src/while-stopped 2>/dev/null || true')) ===
        'synced',
    );
    // Nobody passes on keys either.
    const cli = async () => (await dev.processes()).find((one) => /^\d+ \S*node .*devspace\.js/.test(one));
    process.kill(Number.parseInt((await cli()) ?? '', 10), 'SIGINT');
    await until('its end', async () => (await cli()) === undefined);
    dev.child.stdout.resume();
    await dev.exited;
  });
});
