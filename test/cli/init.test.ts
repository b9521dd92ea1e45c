import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const env = { KUBECONFIG: '/nonexistent/kubeconfig' };

describe('devspace init', () => {
  it('writes all a project needs without a question, once', async () => {
    await using project = await makeProject({
      'app/package.json': '{"scripts":{"start":"node server.js"},"dependencies":{"express":"4"}}',
      'app/.gitignore': 'node_modules',
    });
    const cwd = project.path('app');
    const first = await runCli(['init', '--image', 'example.com/app'], { cwd, env });
    expect(first).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: `info Found: Node.js with Express
done Created Dockerfile
done Created .dockerignore
done Updated .gitignore
done Created kube/deployment.yaml
done Created kube/service.yaml
done Created devspace.yaml
info Images go to example.com/app: set images.app.image when that is not yours
info Next: devspace use namespace NAME, then devspace dev
`,
    });
    expect(await readFile(project.path('app/.gitignore'), 'utf8')).toBe('node_modules\n.devspace/\n');
    const config = await readFile(project.path('app/devspace.yaml'), 'utf8');
    await expect(config).toMatchFileSnapshot('../golden/init/node.yaml');
    // It loads.
    expect(await runCli(['list', 'commands'], { cwd, env })).toMatchObject({ code: 0 });

    const second = await runCli(['init', '--yes'], { cwd, env });
    expect(second.stderr).toBe(`error CONFIG_EXISTS: there is a devspace.yaml here already
  hint: devspace dev, or to begin again: devspace init --reconfigure
`);
    expect(second.code).toBe(1);

    const again = await runCli(['init', '--reconfigure', '--yes', '--port', '0'], { cwd, env });
    expect(again.stderr).toContain('The old devspace.yaml is now devspace.yaml.old');
    expect(await readFile(project.path('app/devspace.yaml.old'), 'utf8')).toBe(config);
    expect(await readFile(project.path('app/devspace.yaml'), 'utf8')).not.toContain('ports:');
    expect(await readFile(project.path('app/.gitignore'), 'utf8')).toBe('node_modules\n.devspace/\n');
  });

  it('leaves everything as it was when something is wrong', async () => {
    await using project = await makeProject({ 'devspace.yaml': 'mine', 'readme.txt': '' });
    const { code, stderr } = await runCli(['init', '-r', '-y'], { cwd: project.dir, env });
    expect(stderr).toMatch(/error INIT_NOTHING_FOUND[^]*hint: devspace init --language node/);
    expect(code).toBe(1);
    expect(await readdir(project.dir)).toEqual(['devspace.yaml', 'readme.txt']);
    expect(await readFile(project.path('devspace.yaml'), 'utf8')).toBe('mine');
  });

  it('tells of services that it does not take over', async () => {
    await using project = await makeProject({
      Dockerfile: 'FROM x\n',
      'compose.yaml': 'services:\n  web: {build: .}\n  db: {image: postgres}\n',
    });
    const { stderr } = await runCli(['init', '--name', 'web'], { cwd: project.dir, env });
    expect(stderr).toContain('warn compose.yaml has services that are not taken over: db (COMPOSE_SERVICES)');
  });

  it.each([
    [['--manifests', 'kube,nope'], 'MANIFEST_NOT_FOUND: --manifests nope does not exist'],
    [
      ['--manifests', 'kube/*.yaml,nope/*.yaml'],
      'MANIFEST_NOT_FOUND: --manifests nope/*.yaml does not exist',
    ],
    [['--kustomize', 'overlay'], 'MANIFEST_NOT_FOUND: --kustomize overlay does not exist'],
    [['--chart', './chart'], 'MANIFEST_NOT_FOUND: --chart ./chart does not exist'],
    [['--context', 'src'], 'CONTEXT_MISSING: --context src does not exist'],
    [['--dockerfile', 'build/Dockerfile.dev'], 'DOCKERFILE_MISSING: the Dockerfile does not exist'],
  ])('does not take %j when it is not there', async (flags, message) => {
    await using project = await makeProject({ 'build/Dockerfile': 'FROM x\n', 'kube/a.yaml': '' });
    const { code, stderr } = await runCli(['init', ...flags], { cwd: project.dir, env });
    expect(stderr).toContain(`error ${message}`);
    expect(code).toBe(1);
    expect(await readdir(project.dir)).toEqual(['build', 'kube']);
  });

  it('takes a Dockerfile and a chart by name wherever they are', async () => {
    await using project = await makeProject({ 'build/Dockerfile': 'FROM x\nEXPOSE 7070\n' });
    const made = await runCli(['init', '--dockerfile', './build/Dockerfile', '--chart', 'stable/app'], {
      cwd: project.dir,
      env,
    });
    expect(made.code).toBe(0);
    expect(await readFile(project.path('devspace.yaml'), 'utf8')).toContain('- port: 7070');
  });

  it('tells of a compose file that it cannot read, and of Dockerfiles that it does not use', async () => {
    await using project = await makeProject({
      'docker-compose.yml': 'services: "3\n',
      'apps/api/Dockerfile': 'FROM x\n',
      'apps/web/Dockerfile': 'FROM x\n',
    });
    const { stderr } = await runCli(['init', '--name', 'web'], { cwd: project.dir, env });
    expect(stderr).toContain(
      'warn docker-compose.yml is no YAML, so nothing of it was used (COMPOSE_INVALID)',
    );
    expect(stderr).toContain(
      'Built is ./apps/api/Dockerfile; add the others as in: devspace add deployment web --dockerfile apps/web/Dockerfile --context apps/web\n',
    );
    const added = await runCli(
      ['add', 'deployment', 'api', '--dockerfile', 'apps/web/Dockerfile', '--context', 'apps/web'],
      { cwd: project.dir, env },
    );
    expect(added.code).toBe(0);
  });

  it('asks on a terminal, with what it found as the answer to Enter', async () => {
    await using project = await makeProject({ 'main.py': '', 'k8s/web.yaml': 'apiVersion: v1\nkind: Pod\n' });
    await using cli = startCli(['init'], { cwd: project.dir, env, terminal: { columns: 100, rows: 30 } });
    const type = async (question: RegExp, keys: string) => {
      await cli.printed(question);
      cli.child.stdin.write(keys);
    };
    await type(/How is the image of this project built\?/, '\r');
    await type(/Which language is it written in\?/, '\r');
    await type(/What is deployed\?/, '\u001b[B\r');
    await type(/Where is the image pushed to\?/, 'bad:tag\r');
    await type(/A repository without a tag/, '\u0015example.com/py\r');
    await type(/Which port does the program listen on\?/, '\u00159000\r');
    expect(await cli.exited).toMatchObject({ code: 0 });
    const config = await readFile(project.path('devspace.yaml'), 'utf8');
    expect(config).toContain('image: example.com/py');
    expect(config).toContain('- kube\n');
    expect(config).toContain('port: 9000');
    expect(await readFile(project.path('Dockerfile'), 'utf8')).toContain('FROM python');
  });

  it('writes nothing when the answer is Ctrl-C', async () => {
    await using project = await makeProject({ 'main.py': '' });
    await using cli = startCli(['init'], { cwd: project.dir, env, terminal: { columns: 100, rows: 30 } });
    await cli.printed(/How is the image/);
    cli.child.stdin.write('\r');
    await cli.printed(/Which language/);
    cli.child.stdin.write('\u0003');
    expect(await cli.exited).toMatchObject({ code: 130 });
    expect(await readdir(project.dir)).toEqual(['main.py']);
  });
});
