import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentManifest, freePort } from '../rig/app.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { ofType } from '../rig/cli.js';
import { answer, isReady, startEvents, startMarked, synced } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

describe('dev with an image that is not in `images`', () => {
  let namespace: Namespace;
  let project: Project;
  let port: number;
  beforeAll(async () => {
    const image = await pushedBusybox();
    [namespace, port] = await Promise.all([makeNamespace(), freePort()]);
    const repository = image.replace(/:[^:]*$/, '');
    project = await makeProject({
      'devspace.yaml': `version: v1beta11
vars:
  - { name: IMAGE, value: ${repository} }
deployments:
  - { name: web, kubectl: { manifests: [kube] } }
dev:
  ports:
    - { imageSelector: "\${IMAGE}", forward: [{ port: ${port}, remotePort: 8080 }] }
  sync:
    - { imageSelector: "${image}", localSubPath: src, containerPath: /www }
  terminal: { imageSelector: "\${IMAGE}", disabled: true }
`,
      'src/index.html': 'here\n',
      'kube/web.yaml': deploymentManifest({
        image,
        container:
          "          command: [sh, -c, 'mkdir -p /www; echo started; exec httpd -f -p 8080 -h /www']\n",
      }),
    });
  });
  afterAll(async () => {
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('forwards to, syncs with, logs and opens a terminal in the container that runs it', async () => {
    await using dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await dev.event(isReady);
    await dev.event(ofType('log', ({ line, prefix }) => line === 'started' && prefix.includes('busybox')));
    await until(
      'the page',
      async () => (await answer(`http://127.0.0.1:${port}/index.html`).catch(() => '')) === 'here\n',
    );
    await project.write('src/new.txt', 'new\n');
    await dev.event(synced('new.txt', 'up'));
    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);

    await using terminal = startMarked(namespace, ['dev', '-x', '-i', '--', 'cat', '/www/new.txt'], {
      cwd: project.dir,
      input: '',
    });
    const { code, stdout } = await terminal.exited;
    expect(stdout).toBe('new\n');
    expect(code).toBe(0);
  });
});
