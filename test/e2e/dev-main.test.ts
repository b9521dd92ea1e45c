import { access, chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import {
  answer,
  finishedStages,
  isFree,
  isReady,
  startEvents,
  startMarked,
  synced,
  type MarkedCli,
} from '../rig/dev-run.js';
import { until } from '../rig/until.js';

describe('devspace dev, from nothing to a live container', () => {
  let namespace: Namespace;
  let project: WebProject;
  let dev: MarkedCli;
  let opened: string;

  beforeAll(async () => {
    namespace = await makeNamespace();
    project = await makeWebProject();
    const config = await readFile(project.path('devspace.yaml'), 'utf8');
    await project.write('devspace.yaml', `${config}  open:\n    - url: ${project.url}/index.html\n`);
    opened = project.path('opened.txt');
    await project.write('browser', `#!/bin/sh\necho "$@" >> ${opened}\n`, 0o755);
    dev = startEvents(namespace, ['dev'], { cwd: project.dir, env: { BROWSER: project.path('browser') } });
    await dev.event(isReady, 120_000);
  });
  afterAll(async () => {
    await dev?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const inPod = (script: string) => inContainer(namespace, 'deploy/web', script);

  it('goes through the stages in order', () => {
    expect(finishedStages(dev.events())).toEqual(['cluster', 'images', 'deployments', 'ports', 'sync']);
    expect(dev.events().find(ofType('ready'))?.ms).toBeGreaterThan(0);
  });

  it('deploys the image that it built under a tag of its own, and leaves the manifest alone', async () => {
    const built = await dev.event(ofType('image', ({ state }) => state === 'built'));
    expect(built.ref).toMatch(new RegExp(`^${project.repository}:[A-Za-z0-9]{7}$`));
    const running = await namespace.kubectl([
      'get',
      'pods',
      '--output',
      'jsonpath={.items[*].spec.containers[*].image}',
    ]);
    expect(running).toBe(built.ref);
    expect(await readFile(project.path('kube/deployment.yaml'), 'utf8')).toContain(
      `image: ${project.repository}\n`,
    );
  });

  it('opens the URL once it answers', async () => {
    await dev.event(ofType('open', ({ state }) => state === 'opened'));
    expect(await until('the browser', () => readFile(opened, 'utf8'))).toBe(`${project.url}/index.html\n`);
  });

  it('forwards the port and streams the log under the name of the image', async () => {
    expect(await answer(`${project.url}/index.html`)).toBe('hello from the image\n');
    const [line = ''] = (await readFile(project.path('.devspace/logs/portforwarding.log'), 'utf8')).split(
      '\n',
    );
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      msg: expect.stringMatching(/^forwards to pod web-/) as string,
      ports: expect.stringMatching(/^127\.0\.0\.1:\d+ -> \d+$/) as string,
    });
    const started = await dev.event(ofType('log', ({ line }) => line === 'started'));
    expect(started.prefix).toBe('web');
    await dev.event(ofType('log', ({ line }) => line.includes('url:/index.html')));
  });

  it('brings what is made, changed and deleted here into the container', async () => {
    await project.write('www/index.html', 'changed here\n');
    await until('the change', async () => (await answer(`${project.url}/index.html`)) === 'changed here\n');

    await project.write('www/deep/er/script.sh', '#!/bin/sh\necho it runs\n', 0o755);
    await dev.event(synced('deep/er/script.sh', 'up'));
    expect(await inPod('/app/deep/er/script.sh')).toBe('it runs');
    await chmod(project.path('www/deep/er/script.sh'), 0o644);
    await until('the mode', async () => (await inPod('stat -c %a /app/deep/er/script.sh')) === '644');

    await rm(project.path('www/deep'), { recursive: true });
    await until('the removal', async () => (await inPod('ls /app')) === 'index.html');
  });

  it('brings what is made, changed and deleted in the container here', async () => {
    await inPod(
      'mkdir /app/made; printf "#!/bin/sh\\necho made there\\n" > /app/made/run; chmod 755 /app/made/run',
    );
    const path = project.path('www/made/run');
    await until('the file with its mode', async () => ((await stat(path)).mode & 0o777) === 0o755);
    expect(await readFile(path, 'utf8')).toBe('#!/bin/sh\necho made there\n');
    await inPod('echo new content > /app/made/run');
    await until('the new content', async () => (await readFile(path, 'utf8')) === 'new content\n');
    await inPod('rm -r /app/made');
    await until('the removal', () =>
      access(project.path('www/made')).then(
        () => false,
        () => true,
      ),
    );
    // What was deleted in the container can be had back.
    const trash = await readdir(project.path('www/.devspace/trash'), { recursive: true });
    expect(trash.filter((name) => name.endsWith('made/run'))).not.toEqual([]);
  });

  it('ends on Ctrl-C with 0 and leaves nothing behind', async () => {
    expect(await dev.processes()).not.toEqual([]);
    expect(await isFree(project.port)).toBe(false);
    expect(await syncLeftovers(namespace, 'deploy/web')).toMatch(/devspace-helper-.* serve/);
    const before = performance.now();
    dev.child.kill('SIGINT');
    expect(await dev.exited).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - before).toBeLessThan(5000);
    expect(await dev.processes()).toEqual([]);
    expect(await isFree(project.port)).toBe(true);
    expect(await syncLeftovers(namespace, 'deploy/web')).toBe('');
    const state = await readdir(project.path('.devspace'), { recursive: true });
    expect(state.filter((name) => /^sync\/[0-9a-f]+\.tree$/.test(name))).toHaveLength(1);
    const local = await readdir(project.path('www'), { recursive: true });
    expect([...state, ...local].filter((name) => /stage|\.tmp|\.lock$/.test(name))).toEqual([]);
  });

  it('builds nothing when nothing changed, and prints container logs only to stdout', async () => {
    await using again = startMarked(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await again.printed(/Ready in .* Press Ctrl-C to stop\./);
    expect(await answer(`${project.url}/index.html`)).toBe('changed here\n');
    await again.printed(/url:\/index\.html/);
    again.child.kill('SIGINT');
    const { code, stderr, stdout } = await again.exited;
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('[web] '))).toEqual([]);
    expect(lines).toContain('[web] started');
    expect(stderr).not.toContain('[web] started');
    expect(stderr).toContain('Image web is unchanged');
    expect(stderr).not.toMatch(/Building|Pushing/);
    expect(stderr).not.toContain('Opened');
    // Both sides are equal, and known to be.
    expect(stderr).toContain('(0 up, 0 down)');
    expect(stderr).not.toMatch(/^(warn|error|\(node)/m);
  });

  it('starts only the services that are wanted', async () => {
    await using bare = startEvents(
      namespace,
      ['dev', '--skip-pipeline', '--no-sync', '--no-portforwarding', '--no-open'],
      { cwd: project.dir },
    );
    await bare.event(isReady);
    await bare.event(ofType('log'));
    expect(await isFree(project.port)).toBe(true);
    bare.child.kill('SIGINT');
    expect((await bare.exited).code).toBe(0);
    const types = new Set(bare.events().map(({ type }) => type));
    for (const type of ['deployment', 'forward', 'sync', 'open'] as const) expect(types).not.toContain(type);
  });

  it('stops after deploying when told to', async () => {
    await using once = startEvents(namespace, ['dev', '--exit-after-deploy'], { cwd: project.dir });
    expect((await once.exited).code).toBe(0);
    expect(finishedStages(once.events())).toEqual(['cluster', 'images', 'deployments']);
    expect(once.events().some(isReady)).toBe(false);
  });
});
