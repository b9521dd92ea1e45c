import { createServer } from 'node:net';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'vitest';
import { deploymentManifest, freePort, makeWebProject, uniqueRepository } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace } from '../rig/cluster.js';
import { inContainer } from '../rig/container.js';
import { isFree, isReady, startEvents, startMarked } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { makeProject } from '../rig/project.js';

/** A project without images: one deployment with labels, whose pods get a forward. */
async function makeLabelProject(manifest: string) {
  const port = await freePort();
  const project = await makeProject({
    'devspace.yaml': `version: v1beta3
deployments:
  - name: web
    kubectl:
      manifests: [kube]
dev:
  ports:
    - labelSelector: { app: web }
      forward:
        - port: ${port}
          remotePort: 8080
`,
    'kube/deployment.yaml': manifest,
  });
  return { ...project, port };
}

describe.concurrent('trouble that devspace dev explains', () => {
  it('an image that cannot be pulled: cause and events', async ({ expect }) => {
    await using namespace = await makeNamespace();
    const image = `${uniqueRepository()}:missing`;
    await using project = await makeLabelProject(deploymentManifest({ image }));
    await using dev = startMarked(namespace, ['dev', '--timeout', '6'], { cwd: project.dir });
    const { code, stderr } = await dev.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `error POD_FAILED: Pod ${namespace.name}/web-\\S+ does not run: .*(ImagePullBackOff|ErrImagePull)`,
      ),
    );
    expect(stderr).toMatch(/Events:\n(.*\n)*.*Warning Failed: .*manifest unknown|not found/);
    expect(stderr).toContain(image);
    // It has no log.
    expect(stderr).toMatch(/hint: kubectl .*describe pod web-/);
    expect(await isFree(project.port)).toBe(true);
    expect(await dev.processes()).toEqual([]);
  });

  it('a container that keeps crashing: cause, events and its last lines', async ({ expect }) => {
    await using namespace = await makeNamespace();
    const dockerfile =
      'FROM busybox:1\nWORKDIR /app\nCMD ["sh", "-c", "echo cannot open the database; exit 3"]\n';
    await using project = await makeWebProject({ dockerfile });
    await using dev = startMarked(namespace, ['dev', '--timeout', '8'], { cwd: project.dir });
    const { code, stderr } = await dev.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/error POD_FAILED: Pod .* does not run: container "app" is in \w+: exited with 3/);
    expect(stderr).toContain('Events:');
    expect(stderr).toMatch(/Last log lines of container "app":\n +cannot open the database\n/);
  });

  it('a crash that begins when dev was ready long ago', async ({ expect }) => {
    await using namespace = await makeNamespace();
    const script =
      '[ -e /data/broken ] && echo still broken; while [ ! -e /data/broken ]; do sleep 0.1; done; exit 4';
    const dockerfile = `FROM busybox:1\nWORKDIR /app\nCMD ["sh", "-c", "${script}"]\n`;
    const container = `          volumeMounts: [{ name: data, mountPath: /data }]
      volumes: [{ name: data, emptyDir: {} }]
`;
    await using project = await makeWebProject({ dockerfile, container });
    await using dev = startEvents(namespace, ['dev', '--timeout', '8'], { cwd: project.dir });
    await dev.event(isReady);
    await inContainer(namespace, 'deploy/web', 'touch /data/broken');
    const { code, stderr } = await dev.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/error POD_FAILED: Pod .* does not run: container "app" is in \w+: exited with 4/);
    expect(stderr).toMatch(/Last log lines of container "app":\n +still broken\n/);
    expect(await isFree(project.port)).toBe(true);
  });

  it('a local port that is taken: told with its owner before anything is built', async ({ expect }) => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    const taken = createServer().listen(project.port, '127.0.0.1');
    try {
      await using dev = startEvents(namespace, ['dev'], { cwd: project.dir });
      const { code, stderr } = await dev.exited;
      expect(code).toBe(1);
      expect(stderr).toContain(
        `error PORT_IN_USE: The local port 127.0.0.1:${project.port} is already in use by node`,
      );
      expect(stderr).toContain(`(process ${process.pid})`);
      expect(dev.events().filter(ofType('image'))).toEqual([]);
    } finally {
      taken.close();
    }
  });

  it('the same local port twice', async ({ expect }) => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    const config = await readFile(project.path('devspace.yaml'), 'utf8');
    const twice = `        - port: ${project.port}\n          remotePort: 9090\n  sync:`;
    await project.write('devspace.yaml', config.replace('  sync:', twice));
    await using dev = startEvents(namespace, ['dev'], { cwd: project.dir });
    const { code, stderr } = await dev.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/error (CONFIG_INVALID|PORT_IN_USE): /);
    expect(stderr).toContain(`${project.port}`);
    expect(dev.events().filter(ofType('image'))).toEqual([]);
  });

  it('a folder to sync that the container does not have', async ({ expect }) => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    const config = await readFile(project.path('devspace.yaml'), 'utf8');
    await project.write('devspace.yaml', config.replace('containerPath: /app', 'containerPath: /nowhere'));
    await using dev = startMarked(namespace, ['dev'], { cwd: project.dir });
    const { code, stderr } = await dev.exited;
    expect(code).toBe(1);
    expect(stderr).toContain(
      'error SYNC_PATH_MISSING: The folder to sync, /nowhere, does not exist in the container.',
    );
    expect(stderr).toMatch(/hint: .*containerPath/);
    expect(await isFree(project.port)).toBe(true);
  });

  it('no pod at all', async ({ expect }) => {
    await using namespace = await makeNamespace();
    const manifest = deploymentManifest({ image: await pushedBusybox(), replicas: 0 });
    await using project = await makeLabelProject(manifest);
    await using dev = startMarked(namespace, ['dev', '--timeout', '3'], { cwd: project.dir });
    const { code, stderr } = await dev.exited;
    expect(code).toBe(1);
    expect(stderr).toContain('error POD_NOT_FOUND: There is no pod with the labels app=web in namespace');
  });

  it('pods that are scaled away are waited for, a namespace that is deleted is not', async ({ expect }) => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    await using dev = startEvents(namespace, ['dev', '--no-open', '--timeout', '10'], { cwd: project.dir });
    await dev.event(isReady);
    await namespace.kubectl(['scale', 'deployment/web', '--replicas=0']);
    await dev.event(ofType('sync', ({ code }) => code === 'POD_NOT_FOUND'));
    await namespace.kubectl(['scale', 'deployment/web', '--replicas=1']);
    await dev.event(ofType('run', ({ recoveredMs }) => recoveredMs !== undefined));
    await namespace.kubectl(['delete', 'namespace', namespace.name, '--wait=false']);
    const { code, stderr } = await dev.exited;
    expect(stderr).toMatch(/^error NAMESPACE_NOT_FOUND: Namespace \S+ (is being deleted|does not exist) /m);
    expect(code).toBe(1);
  });
});
