import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentManifest, freePort, removeImages, uniqueRepository } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer } from '../rig/container.js';
import { answer, isReady, startEvents, type MarkedCli } from '../rig/dev-run.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

const server = (text: string) =>
  `require('node:http').createServer((_, answer) => answer.end(${JSON.stringify(text)})).listen(8080);\nconsole.log('listening');\n`;

const config = (repository: string, port: number) => `version: v1beta3
images:
  app: {image: "${repository}", createPullSecret: false, injectRestartHelper: true}
deployments:
  - {name: app, kubectl: {manifests: [kube]}}
dev:
  ports: [{imageName: app, forward: [{port: ${port}, remotePort: 8080}]}]
  sync:
    - imageName: app
      localSubPath: src
      containerPath: /app/src
      onUpload: {restartContainer: true}
`;

// No nodemon, no shell in the command: node serves what it read when it started.
describe('onUpload.restartContainer', () => {
  let namespace: Namespace;
  let project: Project;
  let dev: MarkedCli;
  let url: string;
  const repository = uniqueRepository();
  const restarted = () =>
    dev.events().filter((event) => event.type === 'note' && event.text.startsWith('Restarted the process'))
      .length;
  const containers = () =>
    namespace.kubectl([
      'get',
      'pods',
      '--output',
      'jsonpath={range .items[*].status.containerStatuses[*]}{.containerID} {.restartCount}{end}',
    ]);

  beforeAll(async () => {
    namespace = await makeNamespace();
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    project = await makeProject({
      'devspace.yaml': config(repository, port),
      Dockerfile:
        'FROM node:20\nWORKDIR /app\nCOPY --chown=1000 . .\nUSER 1000\nENTRYPOINT ["node"]\nCMD ["src/server.js"]\n',
      '.dockerignore': 'kube\n',
      'src/server.js': server('from the image'),
      'kube/deployment.yaml': deploymentManifest({ name: 'app', image: repository }),
    });
    dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await dev.event(isReady, 150_000);
  }, 240_000);
  afterAll(async () => {
    await dev?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
    await removeImages(repository);
  });

  it('starts the process as the image says, under the supervisor', async () => {
    await until('the first answer', async () => (await answer(url)) === 'from the image');
    expect(await inContainer(namespace, 'deploy/app', "tr '\\0' ' ' < /proc/1/cmdline")).toBe(
      '/.devspace/restart restart-supervisor -- node src/server.js ',
    );
    expect(restarted()).toBe(0);
  });

  it('restarts it after an upload, and leaves the container alone', async () => {
    const before = await containers();
    await project.write('src/server.js', server('changed here'));
    await until('the new answer', async () => (await answer(url)) === 'changed here');
    expect(await containers()).toBe(before);
    expect(before).toMatch(/ 0$/);
    await until('the note', () => restarted() === 1);
  });

  it('a broken file ends the process, not the container; the next one mends it', async () => {
    const before = await containers();
    await project.write('src/server.js', 'this is no JavaScript\n');
    await dev.event(ofType('log', ({ line }) => line.includes('it is started again with the next restart')));
    await project.write('src/server.js', server('mended'));
    await until('the new answer', async () => (await answer(url)) === 'mended');
    expect(await containers()).toBe(before);
  });

  it('says so when the manifest starts the container past the supervisor', async () => {
    await dev[Symbol.asyncDispose]();
    await project.write(
      'kube/deployment.yaml',
      deploymentManifest({
        name: 'app',
        image: repository,
        container: '          command: [node, src/server.js]\n',
      }),
    );
    dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await dev.event(isReady, 120_000);
    await project.write('src/server.js', server('once more'));
    const warning = await dev.event(ofType('warning', ({ code }) => code === 'SYNC_RESTART_FAILED'));
    expect(warning.text).toMatch(
      /does not run under \/\.devspace\/restart, because the pod's `command:` replaces/,
    );
    expect(warning.hint).toMatch(/restart-supervisor/);
  });
});
