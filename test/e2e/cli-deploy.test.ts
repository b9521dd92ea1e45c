import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { startDenyingRegistry } from '../cluster/index.js';
import { makeWebProject } from '../rig/app.js';
import { runCli } from '../rig/cli.js';
import { kubectl, makeNamespace, type Namespace } from '../rig/cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject } from '../rig/project.js';

const configMap = (name: string, text = 'a') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { text: ${text} }\n`;

/** A project without images, whose deployments are these manifests. */
function makeManifestProject(manifests: Readonly<Record<string, string>>, more = '') {
  const names = Object.keys(manifests);
  const deployments = names.map((name) => `  - name: ${name}\n    kubectl: { manifests: [${name}.yaml] }\n`);
  return makeProject({
    'devspace.yaml': `version: v1beta3\n${more}deployments:\n${deployments.join('')}`,
    ...Object.fromEntries(names.map((name) => [`${name}.yaml`, manifests[name] ?? ''])),
  });
}

async function configMaps(namespace: Namespace): Promise<string[]> {
  const names = await namespace.kubectl(['get', 'configmaps', '--output', 'name']);
  return names.split('\n').filter((name) => !name.includes('kube-root-ca') && name !== '');
}

const imageOf = (namespace: Namespace, deployment: string) =>
  namespace.kubectl(['get', deployment, '--output', 'jsonpath={..containers[0].image}']);

/** Tags that the registry has of a repository. */
async function tagsOf(repository: string): Promise<string[]> {
  const answer = await fetch(`http://${repository.replace('/', '/v2/')}/tags/list`);
  return answer.ok ? ((await answer.json()) as { tags: string[] }).tags : [];
}

describe('devspace deploy', () => {
  it('builds, pushes and deploys what changed, and enter and logs find it', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    const run = (command: string, ...args: string[]) =>
      runCli([command, '-n', namespace.name, ...args], { cwd: project.dir });
    const first = await run('deploy');
    expect(first).toMatchObject({ code: 0, stdout: '' });
    const image = await imageOf(namespace, 'deployment/web');
    expect(image).toMatch(new RegExp(`^${project.repository}:[a-zA-Z0-9]{7}$`));
    expect(await tagsOf(project.repository)).toEqual([image.split(':').at(-1)]);
    expect(first.stderr).toContain(`done Built image web as ${image} in `);
    expect(first.stderr).toMatch(/done Deployed\. .*devspace enter/);
    expect(await readFile(project.path('.devspace/generated.yaml'), 'utf8')).toContain(namespace.name);

    const again = await run('deploy');
    expect(again.stderr).toContain(`info Image web is unchanged (${image})\n`);
    expect(again.stderr).not.toContain('warn');
    expect(await imageOf(namespace, 'deployment/web')).toBe(image);

    // Beside another pod the project's own is the one that is meant.
    await startPod(namespace, { name: 'stranger', image: await pushedBusybox() });
    await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    const entered = await run('enter', '--', 'cat', '/app/index.html');
    expect(entered.stderr).toMatch(/^info Running cat in pod web-.*, container app\n$/);
    expect(entered).toMatchObject({ code: 0, stdout: 'hello from the image\n' });
    expect(await run('logs')).toMatchObject({ code: 0, stdout: 'started\n' });
    const outside = await runCli(['enter', '-n', namespace.name, '--', 'true'], { cwd: '/' });
    expect(outside.stderr).toContain('error TARGET_AMBIGUOUS: 2 containers');

    await project.write('www/index.html', 'changed\n');
    const skipped = await run('deploy', '--skip-build');
    expect(skipped.code).toBe(0);
    expect(await imageOf(namespace, 'deployment/web')).toBe(image);
    const forced = await run('deploy', '-b', '--skip-push');
    expect(forced.stderr).toContain('info Building image web (forced)');
    const unpushed = await imageOf(namespace, 'deployment/web');
    expect(unpushed).not.toBe(image);
    expect(await tagsOf(project.repository)).not.toContain(unpushed.split(':').at(-1));
  });

  it('creates the namespace, and warns when it is another one than the last time', async () => {
    await using first = await makeNamespace();
    const other = `${first.name}-other`;
    await using project = await makeManifestProject({ one: configMap('one') });
    const deploy = (...args: string[]) => runCli(['deploy', ...args], { cwd: project.dir });
    const context = await kubectl(['config', 'current-context']);
    try {
      expect((await deploy('-n', first.name)).stderr).not.toContain('warn');
      const moved = await deploy('-n', other);
      expect(moved.stderr).toContain(`done Created namespace ${other}\n`);
      expect(moved.stderr).toContain(
        `warn The last run used namespace ${first.name} (CONTEXT_CHANGED)\n     hint: --namespace ${first.name} goes there; --no-warn hides this\n`,
      );
      expect(await kubectl(['get', 'configmap', 'one', '-n', other, '-o', 'name'])).toBe('configmap/one');
      expect((await deploy('-n', other)).stderr).not.toContain('warn');
      expect((await deploy('-n', first.name, '--no-warn')).stderr).not.toContain('warn');

      // Where nothing is, it says where the project went.
      const lost = await runCli(['enter', '-n', `${other}-nowhere`], { cwd: project.dir });
      expect(lost.stderr).toContain(
        `hint: this project was deployed to another namespace: --namespace ${first.name}`,
      );

      const state = await readFile(project.path('.devspace/generated.yaml'), 'utf8');
      await project.write('.devspace/generated.yaml', state.replace(context, 'staging'));
      expect((await deploy('-n', first.name)).stderr).toContain('warn The last run used context staging');
    } finally {
      await kubectl(['delete', 'namespace', other, '--wait=false'], { reject: false });
    }
  });

  it('deploys only what it is told to', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeManifestProject({ one: configMap('one'), two: configMap('two') });
    const deploy = (names: string) =>
      runCli(['deploy', '-n', namespace.name, '--deployments', names], { cwd: project.dir });
    expect((await deploy('two')).code).toBe(0);
    expect(await configMaps(namespace)).toEqual(['configmap/two']);
    const { code, stderr } = await deploy('two, three');
    expect(stderr).toContain('error DEPLOYMENT_UNKNOWN: There is no deployment "three" in devspace.yaml\n');
    expect(stderr).toContain('hint: The deployments are: one, two\n');
    expect(code).toBe(1);
  });

  it('gives the cluster the logins of this machine, where images ask for it', async () => {
    await using namespace = await makeNamespace();
    const images =
      'images: {a: {image: r.io/a}, b: {image: q.io/b, createPullSecret: false}, c: {image: s.io/c}}\n';
    await using project = await makeManifestProject({ one: configMap('one') }, images);
    const auth = Buffer.from('me:s3cret').toString('base64');
    await project.write(
      'docker/config.json',
      JSON.stringify({ auths: { 'r.io': { auth }, 'q.io': { auth } } }),
    );
    const env = { DOCKER_CONFIG: project.path('docker') };
    const { code, stdout, stderr } = await runCli(['deploy', '--skip-build', '-n', namespace.name], {
      cwd: project.dir,
      env,
    });
    expect(code).toBe(0);
    expect(stderr).toContain(`done Created image pull secret ${namespace.name}/devspace-auth-r-io\n`);
    expect(stdout + stderr).not.toContain('s3cret');
    const secrets = (await namespace.kubectl(['get', 'secrets', '--output', 'name'])).split('\n');
    // Servers before 1.24 make a token for each service account.
    expect(secrets.filter((name) => !name.startsWith('secret/default-token-'))).toEqual([
      'secret/devspace-auth-r-io',
    ]);
    const account = ['get', 'serviceaccount', 'default', '--output', 'jsonpath={.imagePullSecrets[*].name}'];
    expect(await namespace.kubectl(account)).toBe('devspace-auth-r-io');
  });
});

describe('devspace build', () => {
  it('needs no cluster, builds what changed and pushes unless told not to', async () => {
    await using project = await makeWebProject();
    const env = { KUBECONFIG: '/nonexistent' };
    const build = (...args: string[]) => runCli(['build', ...args], { cwd: project.dir, env });
    const unpushed = await build('--skip-push');
    expect(unpushed.stderr).toMatch(/done Built 1 image\n$/);
    expect(await tagsOf(project.repository)).toEqual([]);
    expect((await build()).stderr).toMatch(/unchanged.*\ndone No image had to be built\. Run with -b/);
    const pushed = await build('-b');
    expect(pushed).toMatchObject({ code: 0, stdout: '' });
    const tags = await tagsOf(project.repository);
    expect(tags).toHaveLength(1);
    expect(pushed.stderr).toContain(`${project.repository}:${tags[0]}`);
  });

  it("shows the build's own last lines when it fails, and deploys nothing", async () => {
    await using namespace = await makeNamespace();
    const dockerfile = 'FROM busybox:1\nRUN echo compiling && echo "main.c:7: no semicolon" >&2 && exit 2\n';
    await using project = await makeWebProject({ dockerfile });
    for (const args of [['deploy'], ['deploy', '--silent']]) {
      const { code, stderr } = await runCli([...args, '-n', namespace.name], { cwd: project.dir });
      const [, failure = ''] = stderr.split('error IMAGE_BUILD_FAILED: ');
      expect(failure).toMatch(/^Building image "web" failed at: RUN echo compiling /);
      expect(failure).toContain('\n  compiling\n');
      expect(failure).toContain('\n  main.c:7: no semicolon\n');
      expect(failure).toMatch(/^ {2}hint: .*docker build /m);
      expect(code).toBe(1);
    }
    expect(await namespace.kubectl(['get', 'deployments', '--output', 'name'])).toBe('');
  });

  it('says that the registry denies the push', async () => {
    await using namespace = await makeNamespace();
    await using registry = await startDenyingRegistry(5009);
    await using project = await makeWebProject({ repository: `${registry.address}/app` });
    const { code, stderr } = await runCli(['deploy', '-n', namespace.name], { cwd: project.dir });
    expect(stderr).toMatch(
      new RegExp(
        `^error IMAGE_PUSH_DENIED: The registry ${registry.address} does not let you push ${registry.address}/app:`,
        'm',
      ),
    );
    expect(stderr).toContain(`hint: docker login ${registry.address}\n`);
    expect(code).toBe(1);
    expect(await namespace.kubectl(['get', 'deployments', '--output', 'name'])).toBe('');
  });
});

const broken = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: many
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: a/b }] }
`;

describe('a manifest that is wrong', () => {
  it.each([
    ['in its YAML', 'kind: ConfigMap\n metadata: {}\n', /^error MANIFEST_INVALID: web\.yaml:1:7: ./m],
    [
      'without a kind',
      'apiVersion: v1\nmetadata: { name: a }\n',
      /^error MANIFEST_INVALID: .*web\.yaml:1:1.*no kind/m,
    ],
    [
      'as the server sees it',
      broken,
      /^error DEPLOY_FAILED: Deployment "web" failed at Deployment\/web \(web\.yaml:1\)\n.*replicas/m,
    ],
    [
      'of a kind nobody knows',
      'apiVersion: x.io/v1\nkind: Thing\nmetadata: { name: a }\n',
      /^error DEPLOY_FAILED: .*\n.*no matches for kind "Thing"/m,
    ],
  ])('%s is told with its place', async (_, manifest, message) => {
    await using namespace = await makeNamespace();
    await using project = await makeManifestProject({ web: manifest });
    const { code, stderr } = await runCli(['deploy', '-n', namespace.name], { cwd: project.dir });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^ {2}hint: ./m);
    expect(stderr).not.toContain('STDIN');
    expect(code).toBe(1);
  });

  it('or missing is told by its name, and a missing kubectl too', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeManifestProject({ web: configMap('a') });
    const deploy = (env = {}) => runCli(['deploy', '-n', namespace.name], { cwd: project.dir, env });
    const without = await deploy({ PATH: project.dir });
    expect(without.stderr).toContain(
      'error TOOL_NOT_FOUND: "kubectl" is not on the PATH, and is needed to deploy manifests\n',
    );
    expect(without.code).toBe(1);
    await execa('rm', [project.path('web.yaml')]);
    expect((await deploy()).stderr).toContain(
      'error MANIFEST_NOT_FOUND: Manifest "web.yaml": no such file or folder\n',
    );
  });
});

describe('devspace purge', () => {
  const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
`;

  it('deletes exactly what was deployed, and keeps volumes unless told otherwise', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeManifestProject({
      first: `${configMap('one')}---\n${claim}`,
      second: configMap('two'),
    });
    const run = (...args: string[]) => runCli([...args, '-n', namespace.name], { cwd: project.dir });
    await namespace.kubectl(['create', 'configmap', 'foreign']);
    expect((await run('deploy')).code).toBe(0);

    const part = await run('purge', '-d', 'second');
    expect(part.code).toBe(0);
    expect(await configMaps(namespace)).toEqual(['configmap/foreign', 'configmap/one']);

    const purged = await run('purge');
    expect(purged).toMatchObject({ code: 0, stdout: '' });
    expect(purged.stderr).toMatch(
      /info Deleting second\n[^]*done Deleted second[^]*info Deleting first\n[^]*done Deleted first/,
    );
    expect(purged.stderr).toContain(
      `info Kept PersistentVolumeClaim data (namespace ${namespace.name}) with what is in it\n`,
    );
    expect(await configMaps(namespace)).toEqual(['configmap/foreign']);
    const claims = () => namespace.kubectl(['get', 'pvc', '--output', 'name']);
    expect(await claims()).toBe('persistentvolumeclaim/data');

    expect((await run('purge')).code).toBe(0);
    expect((await run('purge', '--delete-volumes')).code).toBe(0);
    expect(await claims()).toBe('');
    expect(await configMaps(namespace)).toEqual(['configmap/foreign']);
    expect((await run('purge', '--delete-volumes')).code).toBe(0);
  });

  it('touches nothing in a namespace that was never deployed to', async () => {
    await using here = await makeNamespace();
    await using there = await makeNamespace();
    await using project = await makeManifestProject({ one: configMap('one') });
    await runCli(['deploy', '-n', here.name], { cwd: project.dir });
    expect((await runCli(['purge', '-n', there.name], { cwd: project.dir })).code).toBe(0);
    expect(await configMaps(here)).toEqual(['configmap/one']);
    expect((await runCli(['purge', '-n', here.name], { cwd: project.dir })).code).toBe(0);
    expect(await configMaps(here)).toEqual([]);
  });
});
