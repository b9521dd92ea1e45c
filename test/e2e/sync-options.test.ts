import { access, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofType, runCli, startCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer } from '../rig/container.js';
import { isReady, startEvents, synced, type MarkedCli } from '../rig/dev-run.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

// One pod and one dev run for all options that do not exclude each other: each has its own folder here and there.
const CONFIG = `version: v1beta3
dev:
  sync:
    - &entry
      labelSelector: {app: one}
      localSubPath: rules
      containerPath: /srv/rules
      excludePaths: ['!keep.log']
      excludeFile: .dockerignore
      uploadExcludeFile: no-up
      downloadExcludeFile: no-down
      gitIgnore: true
    - <<: *entry
      localSubPath: up
      containerPath: /srv/up
      excludeFile: ~
      uploadExcludeFile: ~
      downloadExcludeFile: ~
      disableDownload: true
    - {labelSelector: {app: one}, localSubPath: down, containerPath: /srv/down, disableUpload: true}
    - {labelSelector: {app: one}, localSubPath: mirror, containerPath: /srv/mirror, initialSync: mirrorLocal}
    - {labelSelector: {app: one}, localSubPath: remote, containerPath: /srv/remote, initialSync: preferRemote, waitInitialSync: true}
    - {labelSelector: {app: one}, localSubPath: once, containerPath: /srv/once, noWatch: true}
    - {labelSelector: {app: one}, localSubPath: poll, containerPath: /srv/poll, polling: true}
    - {labelSelector: {app: one}, localSubPath: slow, containerPath: /srv/slow, bandwidthLimits: {upload: 200}}
    - labelSelector: {app: one}
      localSubPath: hooks
      containerPath: /srv/hooks
      excludePaths: [ran.txt]
      onUpload:
        exec:
          - {command: 'echo "$0 shell" >> /srv/ran', name: shell}
          - {command: sh, args: [-c, 'echo package >> /srv/ran'], onChange: [package.json]}
          - {command: 'echo local >> ran.txt', local: true}
          - {command: 'echo once >> /srv/once-ran', once: true}
          - {command: 'echo to the end; exit 3', name: failing, onChange: [fail]}
        execRemote:
          onFileChange: {command: sh, args: [-c, 'echo "file $0" >> /srv/ran', '{}']}
          onDirCreate: {command: sh, args: [-c, 'echo "dir $0" >> /srv/ran', '{}']}
          onBatch: {command: sh, args: [-c, 'echo batch >> /srv/ran']}
      onDownload:
        execLocal: {command: sh, args: [-c, 'echo "$0" >> ran.txt', '{}']}
`;
const FOLDERS = ['rules', 'up', 'down', 'mirror', 'remote', 'once', 'poll', 'slow', 'hooks'];

describe('the options of dev.sync', () => {
  let namespace: Namespace;
  let project: Project;
  let dev: MarkedCli;
  const inPod = (script: string) => inContainer(namespace, 'one', script);
  const isThere = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  const isHere = (path: string) => isThere(project.path(path));
  const there = (path: string, content: string) =>
    until(
      `${path} in the container`,
      async () => (await inPod(`cat /srv/${path} 2>/dev/null || true`)) === content,
    );

  beforeAll(async () => {
    namespace = await makeNamespace();
    const image = await pushedBusybox();
    await startPod(namespace, { name: 'one', image });
    await inPod(`cd /srv 2>/dev/null || mkdir /srv; cd /srv; mkdir ${FOLDERS.join(' ')}
      echo there > up/there; echo there > down/there; echo there > mirror/there; echo newer > remote/both
      echo x > rules/skip.log; touch -d 2001-01-01 remote/both`);
    project = await makeProject({
      'devspace.yaml': CONFIG,
      'rules/.dockerignore': '\uFEFF# comment\r\n*.log\r\n\r\n',
      'rules/no-up': 'secret/\n',
      'rules/no-down': 'cache\n',
      'rules/.gitignore': '/dist\n',
      'rules/app/.gitignore': 'tmp\n!tmp/keep\n',
      'rules/app/tmp': 'x',
      'rules/app/a': 'a',
      'rules/dist/x': 'x',
      'rules/x.log': 'x',
      'rules/keep.log': 'kept',
      'rules/secret/key': 'x',
      'up/here': 'here',
      'down/here': 'here',
      'mirror/here': 'here',
      'remote/both': 'ours',
      'once/a': 'a',
      'poll/a': 'a',
      'slow/big': 'x'.repeat(400 * 1024),
      'hooks/a': 'a',
    });
    dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await dev.event(isReady, 120_000);
  }, 180_000);
  afterAll(async () => {
    await dev?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('exclude files and what git ignores', async () => {
    expect(await inPod('cd /srv/rules; find . -type f | sort')).toBe(
      [
        './.dockerignore',
        './.gitignore',
        './app/.gitignore',
        './app/a',
        './keep.log',
        './no-down',
        './no-up',
        './skip.log',
      ].join('\n'),
    );
    expect(await isHere('rules/skip.log')).toBe(false);
    await inPod('cd /srv/rules; echo x > cache; echo x > open');
    await until('the other file', () => isHere('rules/open'));
    expect(await isHere('rules/cache')).toBe(false);
  });

  it('rules that change hold at once, and delete nothing', async () => {
    const notes = () =>
      dev.events().filter((event) => event.type === 'note' && event.text.includes('exclude rules')).length;
    const starts = () =>
      dev.events().filter(ofType('sync', ({ state, quiet }) => state === 'started' && !quiet)).length;
    const before = starts();
    await project.write('rules/.dockerignore', '*.tmp\n');
    await there('rules/x.log', 'x');
    expect(notes()).toBe(1);
    expect(await readFile(project.path('rules/skip.log'), 'utf8')).toBe('x\n');
    // A level that had none, and what it excludes is already on both sides.
    await project.write('rules/later/a', 'a');
    await there('rules/later/a', 'a');
    await project.write('rules/later/.gitignore', 'a\n');
    await until('the second note', () => notes() === 2);
    await project.write('rules/later/a', 'changed');
    await project.write('rules/later/b', 'b');
    await there('rules/later/b', 'b');
    expect(await inPod('cat /srv/rules/later/a')).toBe('a');
    expect(await readFile(project.path('rules/later/a'), 'utf8')).toBe('changed');
    expect(starts()).toBe(before);
  });

  it('disableDownload', async () => {
    await there('up/here', 'here');
    expect(await isHere('up/there')).toBe(false);
    await inPod('echo changed > /srv/up/new');
    await project.write('up/later', 'later');
    await there('up/later', 'later');
    expect(await isHere('up/new')).toBe(false);
  });

  it('disableUpload', async () => {
    await until('the file', () => isHere('down/there'));
    await project.write('down/later', 'later');
    await inPod('echo new > /srv/down/new');
    await until('the new file', () => isHere('down/new'));
    expect(await inPod('ls /srv/down')).toBe('new\nthere');
  });

  it('initialSync', async () => {
    await there('mirror/here', 'here');
    expect(await inPod('ls /srv/mirror')).toBe('here');
    expect(await isHere('mirror/there')).toBe(false);
    expect(await readFile(project.path('remote/both'), 'utf8')).toBe('newer\n');
  });

  it('noWatch', async () => {
    await there('once/a', 'a');
    await until('its end', () =>
      dev.events().some(ofType('sync', ({ local, state }) => state === 'stopped' && local.endsWith('/once'))),
    );
    await project.write('once/later', 'x');
    await project.write('poll/later', 'y');
    await there('poll/later', 'y');
    expect(await inPod('ls /srv/once')).toBe('a');
  });

  it('bandwidthLimits', async () => {
    const done = await dev.event(
      ofType('sync', ({ local, state }) => state === 'initial-done' && local.endsWith('/slow')),
    );
    expect(await inPod('wc -c < /srv/slow/big')).toBe(`${400 * 1024}`);
    expect(done.ms).toBeGreaterThan(500);
  });

  it('onUpload and onDownload', async () => {
    const ran = () => inPod('cat /srv/ran 2>/dev/null || true');
    await until(
      'the once command',
      async () => (await inPod('cat /srv/once-ran 2>/dev/null || true')) === 'once',
    );
    // The first sync is not told.
    expect(await ran()).toBe('');
    await project.write('hooks/package.json', '{}');
    await until('the batch', async () => (await ran()).endsWith('batch'));
    expect(await ran()).toBe('file /srv/hooks/package.json\nsh shell\npackage\nbatch');
    expect(await readFile(project.path('hooks/ran.txt'), 'utf8')).toBe('local\n');
    await inPod('rm /srv/ran');
    await project.write('hooks/dir/b', 'b');
    await until('the batch', async () => (await ran()).endsWith('batch'));
    const lines = (await ran()).split('\n');
    expect(lines).toContain('dir /srv/hooks/dir');
    expect(lines).toContain('file /srv/hooks/dir/b');
    expect(lines).not.toContain('package');

    await rm(project.path('hooks/ran.txt'));
    await inPod('echo there > /srv/hooks/there');
    await until(
      'the local command',
      async () =>
        (await readFile(project.path('hooks/ran.txt'), 'utf8')) === `${project.path('hooks/there')}\n`,
    );
    await project.write('hooks/fail', 'x');
    const warning = await dev.event(ofType('warning', ({ code }) => code === 'SYNC_HOOK_FAILED'));
    expect(warning.text).toMatch(/^failing failed after a sync with pod one: it ended with exit code 3/);
    expect(warning.details).toEqual(['to the end']);
    // It goes on.
    await project.write('hooks/after', 'x');
    await dev.event(synced('after', 'up'));
  });

  it('failOnError ends the sync', async () => {
    await using folder = await makeProject({
      'devspace.yaml': `version: v1beta3
dev:
  sync:
    - labelSelector: {app: one}
      localSubPath: src
      containerPath: /tmp
      onUpload: {exec: [{command: 'echo broken; exit 7', failOnError: true, name: build}]}
`,
      'src/a': 'a',
    });
    await using run = startEvents(namespace, ['dev', '--no-open'], { cwd: folder.dir });
    await run.event(isReady, 60_000);
    await folder.write('src/b', 'b');
    const { code, stderr } = await run.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error SYNC_HOOK_FAILED: build failed after a sync with pod one: .*exit code 7\n {2}broken$/m,
    );
  });

  it('the flags of devspace sync: --no-watch, --initial-sync, --path, --image-selector', async () => {
    await using folder = await makeProject({ 'src/a': 'a', 'src/b.log': 'b', 'src/.gitignore': '*.log\n' });
    await inPod('mkdir -p /srv/flags; echo x > /srv/flags/extra');
    const flags = [
      '--image-selector',
      'e2e-busybox',
      '--path',
      'src:/srv/flags',
      '--no-watch',
      '--git-ignore',
    ];
    const refused = await runCli(['sync', ...flags, '-n', namespace.name], { cwd: folder.dir });
    expect(refused.stderr).toMatch(
      /^error TARGET_NOT_FOUND: No pod .* runs image e2e-busybox\n.*e2e-busybox:1/m,
    );
    const repository = /(\S+\/e2e-busybox):1/.exec(refused.stderr)?.[1] ?? '';
    const mirror = [...flags, '--initial-sync', 'mirrorLocal', '--upload-only'];
    const result = await runCli(['sync', ...mirror, '--image-selector', repository, '-n', namespace.name], {
      cwd: folder.dir,
    });
    expect(result.stderr).not.toMatch(/^error|Press Ctrl-C/m);
    expect(result.code).toBe(0);
    expect(await inPod('ls -A /srv/flags')).toBe('.gitignore\na');
  });

  it('what looks like an accident: carried over with --allow-deletions, asked about at a terminal', async () => {
    await using folder = await makeProject({ 'src/a': 'a', 'src/b': 'b', 'src/c': 'c' });
    const flags = (path: string) => ['sync', '--pod', 'one', '--path', `src:${path}`, '-n', namespace.name];
    await inPod('mkdir /srv/allowed /srv/asked');
    {
      const args = [...flags('/srv/allowed'), '--allow-deletions', '--output', 'json'];
      await using sync = startCli(args, { cwd: folder.dir });
      await sync.event(ofType('note', ({ text }) => text.startsWith('Syncing.')));
      await inPod('rm /srv/allowed/*');
      await until('the removal here', async () => !(await isThere(folder.path('src/a'))));
    }
    for (const name of ['a', 'b', 'c']) await folder.write(`src/${name}`, name);
    const terminal = { columns: 160, rows: 40 };
    await using sync = startCli(flags('/srv/asked'), { cwd: folder.dir, terminal });
    await sync.printed(/Syncing\. Press Ctrl-C/);
    await inPod('rm /srv/asked/*');
    await sync.printed(/All 3 synced files of .*src <-> one:\/srv\/asked are gone in the container/);
    await sync.printed(/Nothing: stop the sync/);
    sync.child.stdin?.write('\u001b[B\r');
    await until('the files there', async () => (await inPod('ls /srv/asked')) === 'a\nb\nc');
    expect(await readFile(folder.path('src/a'), 'utf8')).toBe('a');
    sync.child.stdin?.write('\u0003');
    expect((await sync.exited).code).toBe(0);
  });
});
