import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { answer, isReady, startEvents, startMarked, type MarkedCli } from '../rig/dev-run.js';
import { until } from '../rig/until.js';

interface Lease {
  metadata: { name: string; annotations: Record<string, string> };
}

describe('two dev runs of one project', () => {
  let namespace: Namespace;
  let project: WebProject;
  /** Another folder with the same project, and what is known of its images. */
  let elsewhere: string;
  const runs: MarkedCli[] = [];

  const start = (cwd: string, ...flags: string[]): MarkedCli => {
    const dev = startEvents(namespace, ['dev', '--no-open', '--skip-pipeline', ...flags], { cwd });
    runs.push(dev);
    return dev;
  };
  const leases = async (): Promise<Lease[]> => {
    const text = await namespace.kubectl(['get', 'leases', '--output', 'json']);
    return (JSON.parse(text) as { items: Lease[] }).items;
  };
  const endOf = async (dev: MarkedCli) => {
    const { code, stderr } = await dev.exited;
    return { code, stderr };
  };
  const stop = async (dev: MarkedCli) => {
    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);
  };

  beforeAll(async () => {
    namespace = await makeNamespace();
    project = await makeWebProject();
    const first = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    runs.push(first);
    await first.event(isReady);
    await stop(first);
    expect(await leases()).toEqual([]);
    elsewhere = await realpath(await mkdtemp(join(tmpdir(), 'devspace-elsewhere-')));
    await cp(project.dir, elsewhere, { recursive: true });
  });
  afterAll(async () => {
    for (const run of runs) await run[Symbol.asyncDispose]();
    await rm(elsewhere, { recursive: true, force: true });
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('of one folder: the second says who runs, or takes over', async () => {
    const first = start(project.dir);
    await first.event(isReady);
    const second = await endOf(
      startMarked(namespace, ['dev', '--skip-pipeline', '--beside'], { cwd: project.dir }),
    );
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(
      /\w+@\S+ runs devspace dev in this folder since \ds \(folder \S+, context \S+, namespace \S+, process \d+\)/,
    );
    expect(second.stderr).toContain('devspace dev --take-over');
    expect(second.stderr).not.toContain('--beside');
    const third = start(project.dir, '--take-over');
    const ended = await endOf(first);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`process ${third.child.pid}) has taken over, so this run has ended`);
    await third.event(isReady);
    expect(await answer(project.url)).toContain('hello');
    expect(await first.processes()).toEqual([]);
    await stop(third);
    expect(await leases()).toEqual([]);
  });

  it('of two folders: the second says who runs, runs beside it on another port, or takes over', async () => {
    const first = start(project.dir);
    await first.event(isReady);
    const refused = await endOf(startMarked(namespace, ['dev', '--skip-pipeline'], { cwd: elsewhere }));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`for this project in this namespace since`);
    expect(refused.stderr).toContain(`(folder ${project.dir}, `);
    expect(refused.stderr).toContain('devspace dev --beside');

    const beside = start(elsewhere, '--beside');
    await beside.event(isReady);
    const moved = await beside.event(ofType('note', ({ text }) => text.includes('is taken')));
    const port = /: (\d+) takes its place/.exec(moved.text)?.[1];
    expect(await answer(`http://127.0.0.1:${port}`)).toContain('hello');
    expect(await answer(project.url)).toContain('hello');
    expect((await leases()).length).toBe(2);
    await project.write('www/shared', 'from the first\n');
    await until('the file', async () => (await readFile(join(elsewhere, 'www/shared'), 'utf8')) !== '');
    await stop(beside);
    expect((await leases()).length).toBe(1);

    const third = start(elsewhere, '--take-over');
    expect(await endOf(first)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `(folder ${elsewhere}, process ${third.child.pid}) has taken over`,
      ) as string,
    });
    await third.event(isReady);
    await stop(third);
    expect(await leases()).toEqual([]);
  });

  it('needs no question when the other one is dead, or does not answer', { timeout: 60_000 }, async () => {
    const first = start(project.dir);
    await first.event(isReady);
    first.child.kill('SIGKILL');
    await first.exited;
    const [left] = await leases();
    expect(left).toBeDefined();
    const second = start(elsewhere);
    await second.event(isReady);
    second.child.kill('SIGKILL');
    await second.exited;

    const [lease] = await leases();
    const holder = JSON.parse(lease!.metadata.annotations['devspace.sh/holder']!) as { host: string };
    const foreign = JSON.stringify({ ...holder, host: 'another-machine' });
    await namespace.kubectl([
      'annotate',
      '--overwrite',
      'lease',
      lease!.metadata.name,
      `devspace.sh/holder=${foreign}`,
    ]);
    const third = start(elsewhere);
    await third.event(isReady);

    // And the one that comes back after its place was taken finds out.
    third.child.kill('SIGSTOP');
    const [mine] = await leases();
    const away = JSON.stringify({ ...holder, host: 'another-machine', user: 'ann' });
    await namespace.kubectl([
      'annotate',
      '--overwrite',
      'lease',
      mine!.metadata.name,
      `devspace.sh/holder=${away}`,
    ]);
    await namespace.kubectl([
      'patch',
      'lease',
      mine!.metadata.name,
      '--patch',
      '{"spec":{"holderIdentity":"other"}}',
    ]);
    third.child.kill('SIGCONT');
    expect((await endOf(third)).stderr).toContain('ann@another-machine');
    expect((await leases()).length).toBe(1);
  });
});
