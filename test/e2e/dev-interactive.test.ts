import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { answer, isFree, startMarked } from '../rig/dev-run.js';
import { until } from '../rig/until.js';

const terminal = { columns: 101, rows: 33 };

describe('devspace dev -i', () => {
  let namespace: Namespace;
  let project: WebProject;
  beforeAll(async () => {
    [namespace, project] = await Promise.all([makeNamespace(), makeWebProject()]);
  });
  afterAll(async () => {
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it('opens a terminal in a container that waits for it; ports and sync work beside it and end with it', async () => {
    await using dev = startMarked(namespace, ['dev', '-i'], {
      cwd: project.dir,
      terminal: { ...terminal, after: 'stty -a' },
    });
    await dev.printed(/Interactive mode: image web starts with: sleep 999999999/);
    await dev.printed(/Opening a shell in pod web-\S+, container app/, 120_000);
    await dev.printed(/\/app # /);
    const opened = dev.output().stdout.length;
    dev.child.stdin.write(`tr '\\0' ' ' </proc/1/cmdline; stty size; cat index.html\r`);
    await dev.printed(/sleep 999999999 33 101\r\nhello from the image\r\n/);
    dev.child.stdin.write('httpd -p 8080 -h /app\r');
    await until(
      'the application answers',
      async () => (await answer(`${project.url}/index.html`)) !== undefined,
    );
    await project.write('www/new.txt', 'brought by sync\n');
    await until('sync', async () =>
      (await inContainer(namespace, 'deploy/web', 'cat /app/new.txt')).includes('brought by sync'),
    );
    // Nothing but the shell itself may write there.
    expect(dev.output().stdout.slice(opened)).not.toMatch(/(info|done|warn) /);
    dev.child.stdin.write('exit 7\r');
    const { code, stdout } = await dev.exited;
    expect(code).toBe(7);
    expect(stdout).toMatch(/[^-]icanon/);
    expect(stdout).not.toMatch(/error/);
    expect(await dev.processes()).toEqual([]);
    expect(await isFree(project.port)).toBe(true);
    expect(await syncLeftovers(namespace, 'deploy/web')).toBe('');
  });

  it('runs a command through pipes, with the files synced, and passes its exit code on', async () => {
    await project.write('www/new.txt', 'changed meanwhile\n');
    const args = ['dev', '-i', '--', 'sh', '-c', 'cat new.txt; cat; exit 3'];
    await using dev = startMarked(namespace, args, { cwd: project.dir, input: Buffer.from([0, 255, 10]) });
    const { code, stdout, stderr } = await dev.exited;
    expect(stdout).toBe('changed meanwhile\n\u0000\ufffd\n');
    expect(stderr).toMatch(/^done Ready in .*\. Leave the terminal to stop\.$/m);
    expect(stderr).not.toMatch(/error/);
    expect(code).toBe(3);
    expect(await isFree(project.port)).toBe(true);
  });

  it('sends Ctrl-C to the container', async () => {
    const script = `trap 'echo interrupted; exit 5' INT; echo waiting; while :; do sleep 0.05; done`;
    await using dev = startMarked(namespace, ['dev', '-i', 'sh', '-c', script], {
      cwd: project.dir,
      terminal,
    });
    await dev.printed(/waiting\r\n/, 120_000);
    dev.child.stdin.write('\u0003');
    const { code, stdout } = await dev.exited;
    expect(stdout).toContain('interrupted\r\n');
    expect(code).toBe(5);
    expect(await dev.processes()).toEqual([]);
  });

  it('goes on in the pod that replaces a deleted one, without a question with --terminal-reconnect', async () => {
    const args = ['dev', '-i', '--terminal-reconnect', '--skip-pipeline'];
    await using dev = startMarked(namespace, args, { cwd: project.dir, terminal });
    await dev.printed(/\/app # /, 120_000);
    await namespace.kubectl(['delete', 'pod', '-l', 'app=web', '--grace-period=0', '--force']);
    await dev.printed(/and the shell in it with it[^]*Opening a shell in pod web-[^]*\/app # /, 120_000);
    expect(dev.output().stdout).not.toContain('Open the shell again');
    dev.child.stdin.write('exit 6\r');
    expect((await dev.exited).code).toBe(6);
    expect(await dev.processes()).toEqual([]);
  });

  it('can be stopped with Ctrl-C before its terminal is open', async () => {
    await using dev = startMarked(namespace, ['dev', '-i'], {
      cwd: project.dir,
      terminal: { ...terminal, after: 'stty -a' },
    });
    await dev.printed(/Interactive mode/);
    dev.child.stdin.write('\u0003');
    const { code, stdout } = await dev.exited;
    expect(code).toBe(130);
    expect(stdout).toMatch(/[^-]icanon/);
    expect(await dev.processes()).toEqual([]);
  });
});

describe('what happens beside the terminal', () => {
  it('is not shown in it, but in a log and afterwards; files are not deleted without an answer', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    const names = Array.from({ length: 60 }, (_, index) => `file-${index}.txt`);
    for (const name of names) await project.write(`www/${name}`, name);
    await using dev = startMarked(namespace, ['dev', '-i'], { cwd: project.dir, terminal });
    await dev.printed(/\/app # /, 120_000);
    const opened = dev.output().stdout.length;
    await Promise.all(names.map((name) => rm(project.path(`www/${name}`))));
    const log = project.path('.devspace/logs/dev.log');
    await until('a message', async () => (await readFile(log, 'utf8')).includes('SYNC_WAITS'));
    dev.child.stdin.write('ls | grep -c file-; exit\r');
    const { code, stdout } = await dev.exited;
    const shown = stdout.slice(opened);
    expect(shown).toMatch(/^[^]*60\r\n[^]*warn Sync of .* has stopped.*\(SYNC_WAITS\)/);
    expect(shown.slice(0, shown.indexOf('60\r\n'))).not.toMatch(/warn|info|done/);
    expect(code).toBe(0);
    expect(await inContainer(namespace, 'deploy/web', 'ls /app | grep -c file-')).toBe('60');
  });
});

describe('dev.interactive', () => {
  it('is the default where the config says so: start command, terminal and command are its own', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject({
      dev: `  interactive:
    defaultEnabled: true
    images:
      - name: web
        entrypoint: [sleep]
        cmd: ["7777"]
    terminal:
      labelSelector: { app: web }
      containerName: app
      command: [sh, -c, "until tr '\\\\0' ' ' </proc/1/cmdline | grep 7777; do sleep 0.1; done; exit 4"]
`,
    });
    await using dev = startMarked(namespace, ['dev'], { cwd: project.dir });
    expect(await dev.exited).toMatchObject({ code: 4, stdout: 'sleep 7777 \n' });

    await using logs = startMarked(namespace, ['dev', '--no-interactive'], { cwd: project.dir });
    await logs.printed(/Building image web \(entrypoint changed\)/);
    await logs.printed(/\[web[^\]]*\] started/, 120_000);
    logs.child.kill('SIGINT');
    expect((await logs.exited).code).toBe(0);
  });

  it('warns where the pod has a start command of its own', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject({ container: '          command: [sleep, "5555"]\n' });
    await using dev = startMarked(namespace, ['dev', '-i', 'true'], { cwd: project.dir });
    const { code, stderr } = await dev.exited;
    expect(stderr).toMatch(
      /warn Container app of pod web-\S+ has a `command` of its own.*ENTRYPOINT_WITHOUT_EFFECT/,
    );
    expect(stderr).toContain('as long as it is: sleep 5555');
    expect(code).toBe(0);
  });
});
