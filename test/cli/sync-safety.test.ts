import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';

import { startOf } from '../../src/state/process-identity.js';
import { newRecord, type SyncRecord } from '../../src/state/sync-record.js';
import { runCli, startCli } from '../rig/cli.js';
import { makeProject, type Project } from '../rig/project.js';

const key = '0123456789abcdef';
const batch = '2026-02-03T04-05-06-007Z';

/** A folder with the record of a sync in it. */
async function recorded(project: Project, change: Partial<SyncRecord> = {}): Promise<SyncRecord> {
  const record: SyncRecord = {
    ...newRecord(
      {
        command: 'dev',
        local: project.dir,
        containerPath: '/app',
        patterns: {},
        host: hostname(),
        pid: process.pid,
        started: startOf(process.pid),
      },
      undefined,
      new Date(Date.now() - 90_000),
    ),
    state: 'watching',
    pod: 'web-0123456789-abcde',
    container: 'main',
    ...change,
  };
  await project.write(`.devspace/sync/${key}.json`, JSON.stringify(record));
  await project.write(`.devspace/sync/${key}.tree`, 'ancestor');
  return record;
}

const resultOf = (stdout: string) =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

describe('devspace status sync', () => {
  it('lists the syncs, also from a folder below', async () => {
    await using project = await makeProject({ 'deep/er/file': '' });
    await recorded(project, {
      up: 3,
      down: 4,
      last: {
        time: new Date(Date.now() - 3_600_500 * 5).toISOString(),
        direction: 'up',
        action: 'create',
        path: 'a',
      },
      since: new Date(Date.now() - 86_400_500 * 2).toISOString(),
    });
    const { code, stderr, stdout } = await runCli(['status', 'sync'], { cwd: project.path('deep/er') });
    expect(stderr).toBe('');
    const [header, row, ...rest] = stdout.trimEnd().split('\n');
    expect(header?.split(/ {2,}/)).toEqual([
      'Status',
      'Pod',
      'Local',
      'Container',
      'Latest Activity',
      'Total Changes',
    ]);
    const local = `...${project.dir.slice(-17)}`;
    expect(row?.split(/ {2,}/)).toEqual(['Active', '...456789-abcde', local, '/app', '5h', '7']);
    expect(rest).toEqual([]);
    expect(code).toBe(0);
  });

  it.each<[Partial<SyncRecord>, RegExp]>([
    [{ state: 'stopped' }, /^Stopped /m],
    [{ state: 'failed', reason: 'it broke' }, /^Error: it broke /m],
    [{ state: 'reconnecting', reason: 'no pod' }, /^Reconnecting: no pod /m],
    [{ started: 'other/1' }, /^Error: process \d+ ended without a word /m],
    [{ host: 'elsewhere' }, /^Active \(on elsewhere\) /m],
  ])('tells of %j', async (change, expected) => {
    await using project = await makeProject({});
    await recorded(project, change);
    expect((await runCli(['status', 'sync'], { cwd: project.dir })).stdout).toMatch(expected);
  });

  it('lists those of another folder with --local-path', async () => {
    await using project = await makeProject({});
    await recorded(project, {});
    await using elsewhere = await makeProject({});
    const list = (...flags: string[]) => runCli(['status', 'sync', ...flags], { cwd: elsewhere.dir });
    expect(await list()).toMatchObject({ code: 0, stdout: '' });
    expect((await list('--local-path', project.dir)).stdout).toMatch(/^Active /m);
  });

  it('leaves out replicas that are not synced any more', async () => {
    await using project = await makeProject({});
    await recorded(project, { isReplica: true, state: 'stopped' });
    for (const args of [
      ['status', 'sync'],
      ['sync', 'status'],
    ])
      expect(await runCli(args, { cwd: project.dir })).toMatchObject({ code: 0, stdout: '' });
    await recorded(project, { isReplica: true });
    expect((await runCli(['status', 'sync'], { cwd: project.dir })).stdout).toMatch(/^Active /m);
  });

  it('says so when there is none', async () => {
    await using project = await makeProject({});
    const text = await runCli(['status', 'sync'], { cwd: project.dir });
    expect(text).toMatchObject({ code: 0, stdout: '' });
    expect(text.stderr).toMatch(/^info No sync was started .*devspace sync\n$/);
    const json = await runCli(['status', 'sync', '--output', 'json'], { cwd: project.dir });
    expect(resultOf(json.stdout)).toMatchObject({ type: 'result', syncs: [] });
  });
});

describe('devspace sync status', () => {
  it('shows state, conflicts that are still kept, and what is not synced', async () => {
    await using project = await makeProject({ [`.devspace/trash/${batch}/a.txt`]: 'theirs' });
    const time = new Date(Date.now() - 5_000).toISOString();
    const nextAttempt = new Date(Date.now() + 60_000).toISOString();
    const savedAs = `.devspace/trash/${batch}/a.txt`;
    await recorded(project, {
      state: 'reconnecting',
      reason: 'the stream broke',
      nextAttempt,
      pending: 7,
      up: 2,
      conflicts: [
        { time, path: 'gone.txt', kept: 'remote', savedAs: '.devspace/trash/x/gone.txt' },
        { time, path: 'a.txt', kept: 'local', savedAs },
      ],
      problems: [
        { time, path: 'pipe', code: 'SYNC_SKIPPED', text: 'pipe (here) is not synced: it is a FIFO.' },
        { time, path: 'both.txt', code: 'SYNC_DIFFERS', text: 'both.txt is not the same on both sides.' },
      ],
      moreProblems: 2,
    });
    const { code, stdout } = await runCli(['sync', 'status'], { cwd: project.dir });
    expect(stdout).toContain(
      `${project.dir} <-> /app, pod web-0123456789-abcde, container main\n  State:      reconnecting for 1m, next attempt in `,
    );
    expect(stdout).toMatch(/in \d+s: the stream broke \(devspace dev, process \d+\)\n/);
    expect(stdout).toContain('  Changes:    2 up, 0 down\n');
    expect(stdout).toContain('  Waiting:    7 paths\n');
    expect(stdout).toMatch(/Conflicts: {2}1;[^]* a\.txt +\d+s ago +yours won +\.devspace\/trash/);
    expect(stdout).not.toContain('gone.txt');
    expect(stdout).toMatch(
      /Conflicts: {2}1 left as different as they are: each side keeps its own until one changes\n {4}both\.txt\n {4}To settle one, save it/,
    );
    expect(stdout).toMatch(/Not synced: 3\n +pipe \(here\) .*FIFO\. \(SYNC_SKIPPED\)\n +and 2 more\n/);
    expect(code).toBe(0);
    const json = await runCli(['sync', 'status', '--output=json'], { cwd: project.dir });
    expect(resultOf(json.stdout)).toMatchObject({
      syncs: [{ state: 'reconnecting', running: true, conflicts: [{ path: 'a.txt', savedAs }] }],
    });
  });
});

describe('devspace sync undo', () => {
  const trash = { [`.devspace/trash/${batch}/src/a.txt`]: 'old', [`.devspace/trash/${batch}/b.txt`]: 'b' };
  const older = { '.devspace/trash/2025-01-01T00-00-00-000Z/src/a.txt': 'older' };

  it('brings back what the newest moment did, and what was there can be brought back, too', async () => {
    await using project = await makeProject({ ...trash, ...older, 'src/a.txt': 'now' });
    const first = await runCli(['sync', 'undo'], { cwd: project.dir });
    expect(first).toMatchObject({ code: 0, stdout: 'b.txt\nsrc/a.txt\n' });
    expect(first.stderr).toBe('done Brought back 2 of 2. What was there (1) is in the trash now.\n');
    expect(await readFile(project.path('src/a.txt'), 'utf8')).toBe('old');
    const second = await runCli(['sync', 'undo'], { cwd: project.path('src') });
    expect(second).toMatchObject({ code: 0, stdout: 'src/a.txt\n' });
    expect(await readFile(project.path('src/a.txt'), 'utf8')).toBe('now');
  });

  it('lists what can be brought back, and changes nothing', async () => {
    await using project = await makeProject({ ...trash, ...older });
    const kept = `.devspace/trash/${batch}/b.txt`;
    await project.write('.devspace/trash.jsonl', `${JSON.stringify({ kept, why: 'removed' })}\n`);
    const { code, stdout } = await runCli(['sync', 'undo', '--list'], { cwd: project.dir });
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[1]).toMatchObject([
      '2026-02-03T04:05:06Z',
      expect.anything(),
      'deleted in the container',
      '1 B',
      'b.txt',
    ]);
    expect(lines[2]?.slice(2)).toEqual(['not known', '3 B', 'src/a.txt']);
    expect(lines[4]?.[0]).toBe('2025-01-01T00:00:00Z');
    expect(await readFile(project.path(kept), 'utf8')).toBe('b');
    const json = await runCli(['sync', 'undo', '--list', '--output', 'json'], { cwd: project.dir });
    expect(resultOf(json.stdout)).toMatchObject({ moments: [{ items: [{ path: 'b.txt' }, {}] }, {}] });
  });

  it.each<[string[], Record<string, string>]>([
    [['src'], { 'src/a.txt': 'old' }],
    [['./src/a.txt'], { 'src/a.txt': 'old' }],
    [['--at', '2025-01-01'], { 'src/a.txt': 'older' }],
    [['--at', '2025-01-01T00:00:00Z', 'src'], { 'src/a.txt': 'older' }],
    [['--all'], { 'src/a.txt': 'old', 'b.txt': 'b' }],
  ])('brings back what is asked for: %j', async (args, expected) => {
    await using project = await makeProject({ ...trash, ...older });
    const { code, stdout } = await runCli(['sync', 'undo', ...args], { cwd: project.dir });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual(Object.keys(expected).toSorted());
    for (const [path, content] of Object.entries(expected))
      expect(await readFile(project.path(path), 'utf8')).toBe(content);
  });

  it('finds the trash of a synced folder that its project knows of', async () => {
    await using project = await makeProject({ [`www/.devspace/trash/${batch}/a`]: 'a' });
    await recorded(project, { local: project.path('www') });
    expect(await runCli(['sync', 'undo'], { cwd: project.dir })).toMatchObject({ code: 0, stdout: 'a\n' });
    expect(await readFile(project.path('www/a'), 'utf8')).toBe('a');
  });

  it.each<[string[], RegExp]>([
    [[], /SYNC_NOTHING_TO_UNDO: there is nothing to undo\n {2}hint: .*--local-path/],
    [['x'], /SYNC_NOTHING_TO_UNDO: the trash has nothing of x\n/],
    [['--at', '2020'], /SYNC_NOTHING_TO_UNDO: nothing was deleted or replaced at 2020\n/],
  ])('says so when there is nothing: %j', async (args, message) => {
    await using project = await makeProject({});
    const { code, stderr } = await runCli(['sync', 'undo', ...args], { cwd: project.dir });
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  it('brings back the others when one cannot be', async () => {
    await using project = await makeProject({ ...trash, src: 'a file in the way' });
    const { code, stderr, stdout } = await runCli(['sync', 'undo'], { cwd: project.dir });
    expect(stdout).toBe('b.txt\n');
    expect(stderr).toMatch(/^warn .*src\/a\.txt.*\n.*warn Brought back 1 of 2\./);
    expect(code).toBe(1);
    expect(await readFile(project.path(`.devspace/trash/${batch}/src/a.txt`), 'utf8')).toBe('old');
  });
});

describe('devspace sync reset', () => {
  const forgotten = async (project: Project) => {
    try {
      await readFile(project.path(`.devspace/sync/${key}.tree`));
      return false;
    } catch {
      return true;
    }
  };

  it('forgets what earlier syncs had in common', async () => {
    await using project = await makeProject({});
    await recorded(project, { state: 'stopped' });
    const { code, stdout } = await runCli(['sync', 'reset'], { cwd: project.dir });
    expect([code, stdout]).toEqual([0, `${project.dir} <-> /app\n`]);
    expect(await forgotten(project)).toBe(true);
  });

  it('leaves alone what belongs to a project above', async () => {
    await using project = await makeProject({});
    await recorded(project, { state: 'stopped' });
    const inner = {
      ...project,
      dir: project.path('inner'),
      path: (name: string) => project.path(`inner/${name}`),
    };
    inner.write = (name, content) => project.write(`inner/${name}`, content);
    await recorded(inner, { state: 'stopped' });
    await runCli(['sync', 'reset'], { cwd: inner.dir });
    expect([await forgotten(inner), await forgotten(project)]).toEqual([true, false]);
  });

  it('refuses while one runs, and says who', async () => {
    await using project = await makeProject({});
    await using other = startCli(['--help'], { cwd: project.dir });
    await other.exited;
    await recorded(project);
    const { code, stderr } = await runCli(['sync', 'reset'], { cwd: project.dir });
    expect(stderr).toMatch(
      /error SYNC_RUNNING: .* devspace dev, process \d+ on .*\n {2}hint: .*kill -INT \d+\n/,
    );
    expect(code).toBe(1);
    expect(await forgotten(project)).toBe(false);
    // A process that is gone does not count.
    await recorded(project, { pid: other.child.pid ?? 0 });
    await runCli(['sync', 'reset'], { cwd: project.dir });
    expect(await forgotten(project)).toBe(true);
  });
});

describe('devspace sync', () => {
  it('does not send a home folder that was not named', async () => {
    await using project = await makeProject({ '.ssh/id': 'secret' });
    const run = (...args: string[]) =>
      runCli(['sync', ...args], { cwd: project.dir, env: { HOME: project.dir, KUBECONFIG: '/nowhere' } });
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error SYNC_FOLDER_UNNAMED: .* is your home folder\. Nothing was synced\.$/m);
    expect((await run('--local-path', '.')).stderr).not.toContain('SYNC_FOLDER_UNNAMED');
  });
});
