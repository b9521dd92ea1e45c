import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from '../rig/app.js';
import { runCli, startCli } from '../rig/cli.js';
import { makeNamespace, REGISTRY } from '../rig/cluster.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

/** Listens on the port that it EXPOSEs, from its WORKDIR, as a user that is not root. */
const dockerfile = (port: number) => `FROM busybox:1
RUN mkdir /srv && chown 1000:1000 /srv
USER 1000:1000
WORKDIR /srv
COPY --chown=1000:1000 . .
EXPOSE ${port}
CMD ["httpd", "-f", "-p", "${port}"]
`;

describe('devspace init', () => {
  it('writes a config that runs as it is, and what is deployed can be listed and removed', async () => {
    await using namespace = await makeNamespace();
    const port = await freePort();
    await using project = await makeProject({
      'app/Dockerfile': dockerfile(port),
      'app/index.html': 'first\n',
    });
    const cwd = project.path('app');
    const repository = `${REGISTRY}/${namespace.name}`;
    const run = (...args: string[]) => runCli([...args, '-n', namespace.name], { cwd });
    expect(await run('init', '--yes', '--image', repository)).toMatchObject({ code: 0 });

    await using dev = startCli(['dev', '-n', namespace.name, '--no-open'], { cwd });
    await dev.printed(/Ready in/, 120_000);
    const page = async () => (await fetch(`http://127.0.0.1:${port}/index.html`)).text();
    await until('the page', async () => (await page()) === 'first\n');
    await project.write('app/index.html', 'second\n');
    await until('the synced page', async () => (await page()) === 'second\n');
    dev.child.kill('SIGINT');
    expect(await dev.exited).toMatchObject({ code: 0 });

    expect((await run('list', 'deployments')).stdout).toMatch(
      new RegExp(`\\napp +Manifests +kube +2 objects in ${namespace.name} \\(.*\\)\\n$`),
    );
    const { stdout } = await run('list', 'namespaces');
    expect(stdout).toMatch(/^Name +Default +Exists\n/);
    expect(stdout).toMatch(new RegExp(`^${namespace.name} +true +true$`, 'm'));
    const missing = await runCli(['list', 'namespaces', '-n', 'not-there'], { cwd });
    expect(missing.stdout).toMatch(/^not-there +true +false$/m);

    const removed = await run('remove', 'deployment', 'app', '--purge');
    expect(removed.stderr).toContain('done Removed deployment app from devspace.yaml');
    expect(await namespace.kubectl(['get', 'deployments,services', '--output', 'name'])).toBe('');
    expect(await readFile(project.path('app/devspace.yaml'), 'utf8')).not.toContain('deployments:');
    const gone = await run('list', 'deployments');
    expect(gone.stderr).toContain('No deployments in devspace.yaml');
  });
});

describe('devspace use namespace', () => {
  it('lets choose among those of the cluster, on a terminal', async () => {
    await using namespace = await makeNamespace();
    const kubeconfig = await readFile(process.env.KUBECONFIG ?? '', 'utf8');
    await using project = await makeProject({ config: kubeconfig });
    const env = { KUBECONFIG: project.path('config') };
    await using cli = startCli(['use', 'namespace'], {
      cwd: project.dir,
      env,
      terminal: { columns: 80, rows: 24 },
    });
    await cli.printed(/Which namespace do you want to use\?/);
    // The next one behind the current.
    cli.child.stdin.write('\u001b[B\r');
    expect(await cli.exited).toMatchObject({ code: 0 });
    const chosen = /uses namespace (\S+)/.exec(cli.output().stdout)?.[1] ?? '';
    expect(await namespace.kubectl(['get', 'namespaces', '--output', 'name'])).toContain(
      `namespace/${chosen}`,
    );
    expect((await readFile(project.path('config'), 'utf8')).length).toBeGreaterThan(kubeconfig.length);
    const { stdout } = await runCli(['list', 'contexts'], { cwd: project.dir, env });
    expect(stdout).toMatch(new RegExp(` true +${chosen}$`, 'm'));
  });
});
