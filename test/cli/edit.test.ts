import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../rig/cli.js';
import { makeProject, type Project } from '../rig/project.js';

const env = { KUBECONFIG: '/nonexistent/kubeconfig' };
const config = `# Our config.
version: v1beta3

images:
    web:
        image: a/web   # the one

deployments:
# What people see.
- name: web
  kubectl:
    manifests: [ kube ]

dev:
    ports:
    - imageName: web
      forward:
      - port: 8080
        remotePort: 80
      - port: 9229   # debugger
`;

const makeIt = (text = config) =>
  makeProject({ 'devspace.yaml': text, 'deep/Dockerfile': 'FROM x\nEXPOSE 81\n' });
const run = (project: Project, ...args: string[]) => runCli(args, { cwd: project.dir, env });
const file = (project: Project) => readFile(project.path('devspace.yaml'), 'utf8');

describe('devspace add and remove', () => {
  it.each<[string[], string, (text: string) => string, string[]]>([
    [
      [
        'add',
        'image',
        'api',
        '--image',
        '127.0.0.1:5000/api:1.0',
        '--dockerfile',
        'api/Dockerfile',
        '--context',
        'api',
      ],
      'Added image api to devspace.yaml',
      (text) =>
        text.replace(
          '# the one\n',
          `# the one
    api:
        image: 127.0.0.1:5000/api
        tag: "1.0"
        dockerfile: api/Dockerfile
        context: api
`,
        ),
      ['remove', 'image', 'api'],
    ],
    [
      ['add', 'image', 'api', '--image', 'a/api', '--tag', 'dev', '--buildtool', 'kaniko'],
      'Added image api to devspace.yaml',
      (text) =>
        text.replace(
          '# the one\n',
          '# the one\n    api:\n        image: a/api\n        tag: dev\n        build:\n            kaniko:\n                cache: true\n',
        ),
      ['remove', 'image', 'api'],
    ],
    [
      ['add', 'deployment', 'db', '--manifests', 'kube/db.yaml, kube/more', '-n', 'data'],
      'Added deployment db to devspace.yaml',
      (text) =>
        text.replace(
          '# What people',
          `- name: db
  namespace: data
  kubectl:
    manifests:
    - kube/db.yaml
    - kube/more
# What people`
            .replaceAll('\n    ', '\n      ')
            .replaceAll('      manifests', '      manifests'),
        ),
      ['remove', 'deployment', 'db'],
    ],
    [
      [
        'add',
        'deployment',
        'db',
        '--chart',
        'pg',
        '--chart-version',
        '1.10',
        '--chart-repo',
        'https://x.example',
      ],
      'Added deployment db to devspace.yaml',
      (text) =>
        text.replace(
          '# What people',
          `- name: db
  helm:
      chart:
          name: pg
          version: "1.10"
          repo: https://x.example
# What people`,
        ),
      ['remove', 'deployment', 'db'],
    ],
    [
      ['add', 'deployment', 'db', '--kustomize', 'overlays/dev'],
      'Added deployment db to devspace.yaml',
      (text) =>
        text.replace(
          '# What people',
          `- name: db
  kubectl:
      manifests:
      - overlays/dev
      kustomize: true
# What people`,
        ),
      ['remove', 'deployment', 'db'],
    ],
    [
      ['add', 'port', '3000,5000:50'],
      'Added port 3000,5000:50 to devspace.yaml',
      (text) => `${text}      - port: 3000\n      - port: 5000\n        remotePort: 50\n`,
      ['remove', 'port', '3000,50'],
    ],
    [
      ['add', 'port', '5432', '--label-selector', 'app=db,tier=data'],
      'Added port 5432 to devspace.yaml',
      (text) =>
        `${text}    - labelSelector:\n          app: db\n          tier: data\n      forward:\n      - port: 5432\n`,
      ['remove', 'port', '5432'],
    ],
    [
      ['add', 'sync', '--local', 'src', '--container', '/app/src', '--exclude', 'a/,b'],
      'Added sync src <-> /app/src to devspace.yaml',
      (text) =>
        `${text}    sync:\n    - imageName: web\n      localSubPath: src\n      containerPath: /app/src\n      excludePaths:\n      - a/\n      - b\n`,
      ['remove', 'sync', '--local', './src/'],
    ],
    [
      ['add', 'sync', '--local', '.', '--container', '/app', '--image-name', 'web'],
      'Added sync . <-> /app to devspace.yaml',
      (text) => `${text}    sync:\n    - imageName: web\n      containerPath: /app\n`,
      ['remove', 'sync', '--container', '/app/', '--image-name', 'web'],
    ],
  ])('%j changes just that, and its inverse nothing', async (add, said, change, remove) => {
    await using project = await makeIt();
    const added = await run(project, ...add);
    expect(added).toMatchObject({ code: 0, signal: null, stdout: '' });
    expect(added.stderr.replace(/^warn .*\n.*\n/m, '')).toBe(`done ${said}\n`);
    expect(await file(project)).toBe(change(config));
    expect(await run(project, ...remove)).toMatchObject({ code: 0, stdout: '' });
    expect(await file(project)).toBe(config);
  });

  it.each([
    [['remove', 'port', '--all'], /dev:[^]*$/, 'Removed all forwards'],
    [['remove', 'port', '80'], /- port: 8080\n.*80\n {6}/, 'Removed port 80'],
    [['remove', 'deployment', '--all'], /deployments:[^]*kube \]\n\n/, 'Removed 1 deployments'],
    [['remove', 'deployment', 'web'], /deployments:[^]*kube \]\n\n/, 'Removed deployment web'],
  ])('%j leaves the rest alone', async (args, gone, said) => {
    await using project = await makeIt();
    expect((await run(project, ...args)).stderr).toBe(`done ${said} from devspace.yaml\n`);
    const left = await file(project);
    expect(left.trimEnd()).toBe(config.replace(gone, '').trimEnd());
  });

  it.each([
    [['add', 'image', 'web', '--image', 'x/y'], /CONFIG_ENTRY_EXISTS: there is an image web already/],
    [['add', 'image', 'x'], /USAGE: which image\?\n {2}hint: devspace add image x --image/],
    [['add', 'image', 'x', '--image', 'UPPER case'], /USAGE: --image "UPPER case" is no name/],
    [['add', 'image', 'x', '--image', 'x', '--buildtool', 'buildah'], /hint: use docker or kaniko/],
    [
      ['add', 'deployment', 'web', '--manifests', 'x'],
      /CONFIG_ENTRY_EXISTS: there is a deployment web already/,
    ],
    [
      ['add', 'deployment', 'x'],
      /USAGE: what is deployed\?\n {2}hint: devspace add deployment x with --manifests/,
    ],
    [['add', 'deployment', 'x', '--manifests', 'a', '--chart', 'b'], /one of --manifests, --chart is enough/],
    [['add', 'deployment', 'x', '--image', 'a', '--context', 'b'], /--context goes with --dockerfile/],
    [['add', 'deployment', 'x', '--image', 'a', '--chart-repo', 'b'], /--chart-repo goes with --chart/],
    [['add', 'deployment', 'x', '--image', 'A b'], /USAGE: --image "A b" is no name of an image/],
    [
      ['add', 'deployment', 'x', '--dockerfile', 'no/Dockerfile'],
      /DOCKERFILE_MISSING: the Dockerfile does not exist/,
    ],
    [['add', 'deployment', 'x', '--dockerfile', 'deep/Dockerfile', '--image', 'a:1'], /has no tag yet/],
    [['add', 'deployment', 'x', '--component', 'postgre'], /no component postgre, did you mean postgres\?/],
    [['add', 'deployment'], /missing required argument 'name'/],
    [['add', 'port', '8080'], /CONFIG_ENTRY_EXISTS: there is a forward from port 8080 already/],
    [['add', 'port', '80:80:80'], /USAGE: "80:80:80" is no port mapping/],
    [['add', 'port', '70000'], /no port mapping/],
    [['add', 'sync', '--local', 'x'], /USAGE: which folders\?/],
    [['add', 'sync', '--local', 'x', '--container', 'app'], /hint: --container \/app/],
    [['add', 'port', '1', '--image-name', 'wep'], /was not changed[^]*no image "wep", did you mean "web"\?/],
    [
      ['remove', 'image', 'wbe'],
      /CONFIG_ENTRY_MISSING: there is no image wbe, did you mean web\?\n {2}hint: there is: web/,
    ],
    [
      ['remove', 'image', 'web'],
      /was not changed, for then it would be wrong: devspace.yaml:16:18: dev.ports\[0\].imageName: there is no image "web"[^]*hint: remove or change first what still needs it\n/,
    ],
    [['remove', 'image'], /hint: devspace remove image NAME, or --all/],
    [['remove', 'deployment', 'w'], /there is no deployment w\b/],
    [['remove', 'port', '99'], /there is no forward with port 99\n {2}hint: there is: 8080, 9229/],
    [['remove', 'port'], /hint: devspace remove port 8080, or --all/],
    [['remove', 'port', '8080', '--label-selector', 'app=db'], /CONFIG_ENTRY_MISSING/],
    [
      ['remove', 'sync', '--local', 'x'],
      /there is no sync with x\n {2}hint: devspace.yaml has no sync at all/,
    ],
    [['remove', 'sync'], /name its folder/],
  ])('%j is refused, and changes nothing', async (args, message) => {
    await using project = await makeIt();
    const { code, stderr, stdout } = await run(project, ...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await file(project)).toBe(config);
  });

  it('asks which pods are meant where nothing tells', async () => {
    await using project = await makeIt('version: v1beta3\nimages: {a: {image: x}, b: {image: y}}\n');
    const { stderr } = await run(project, 'add', 'port', '80');
    expect(stderr).toBe(
      'error USAGE: which pods? The images are a, b\n  hint: name them with --image-name NAME or --label-selector app=web\n',
    );
  });

  it('edits from a folder below, and only files that are right', async () => {
    await using project = await makeIt();
    const cwd = project.path('deep');
    expect((await runCli(['add', 'port', '1'], { cwd, env })).stderr).toContain(
      'Added port 1 to ../devspace.yaml',
    );
    await project.write('devspace.yaml', 'version: v1beta3\nimages: {a: {imag: x}}\n');
    expect((await run(project, 'add', 'port', '2')).stderr).toContain(
      'error CONFIG_INVALID: devspace.yaml:2:14',
    );
    await project.write('devspace.yaml', 'version: v1beta3\ndev: &d {ports: []}\n');
    expect(await run(project, 'add', 'port', '2', '--label-selector', 'a=b')).toMatchObject({ code: 0 });
  });

  it('leaves older files to devspace update config', async () => {
    await using project = await makeIt('version: v1beta4\nimages: {a: {image: x}}\n');
    const { code, stderr } = await run(project, 'add', 'port', '2');
    expect(stderr).toMatch(
      /^error CONFIG_VERSION: devspace.yaml:1:10: version: only files of version v1beta3 are edited/,
    );
    expect(stderr).toContain('hint: devspace update config');
    expect(code).toBe(1);
  });

  it('looks at no variables, and asks for none', async () => {
    await using project = await makeIt(`version: v1beta3
vars: [{name: REPO, question: Where?}]
images: {a: {image: "\${REPO}/a"}}
dev: {ports: [{imageName: a, forward: [{port: "\${PORT}"}]}]}
`);
    expect(await run(project, 'add', 'port', '2')).toMatchObject({ code: 0 });
    expect(await file(project)).toContain('forward: [{port: "${PORT}"}, { port: 2 }]');
  });

  it('tells of what stays in the cluster, and asks on a terminal', async () => {
    await using project = await makeIt();
    await project.write(
      '.devspace/deployed.json',
      JSON.stringify({ version: 1, deployments: { web: [{ kind: 'Service', name: 'web' }] } }),
    );
    const left = await run(project, 'remove', 'deployment', 'web', '--no-purge');
    expect(left.stderr).toContain('warn What web deployed stays in the cluster (DEPLOYMENT_LEFT)');
    await project.write('devspace.yaml', config);
    await using cli = startCli(['remove', 'deployment', 'web'], {
      cwd: project.dir,
      env,
      terminal: { columns: 100, rows: 20 },
    });
    await cli.printed(/Delete what web deployed from the cluster, too\?/);
    cli.child.stdin.write('n\r');
    await cli.printed(/Removed deployment web/);
    expect(await file(project)).not.toContain('name: web');
    await project.write('devspace.yaml', config);
    const purging = await run(project, 'remove', 'deployment', 'web', '--purge');
    expect(purging.stderr).toContain('error KUBE_CONFIG_NOT_FOUND');
    expect(await file(project)).toBe(config);
  });
});
