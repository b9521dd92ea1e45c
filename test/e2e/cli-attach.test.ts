import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, runCli, startCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { faultyCluster, isGuarded } from '../rig/fault-cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

const cwd = tmpdir();
const terminal = { columns: 101, rows: 33 };
const reader = 'while read -r line; do [ "$line" = quit ] && exit 5; echo "got $line"; done; echo end';
let namespace: Namespace;
let image: string;
beforeAll(async () => {
  [namespace, image] = await Promise.all([makeNamespace(), pushedBusybox()]);
});
afterAll(() => namespace[Symbol.asyncDispose]());

const start = (name: string, script: string, container: Record<string, unknown> = {}): Promise<void> =>
  startPod(namespace, { name, image, command: ['sh', '-c', script], container });
const attach = (args: readonly string[]) => runCli(['attach', '-n', namespace.name, ...args], { cwd });

describe('devspace attach', () => {
  it('passes input and output on, and ends with the exit code of the process', async () => {
    await start('in', reader, { stdin: true });
    const args = [CLI, 'attach', '-n', namespace.name, '--pod', 'in'];
    const child = execa(process.execPath, args, { cwd, reject: false, env: { NO_COLOR: '1' } });
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => (shown += String(chunk)));
    child.stdin.write('a\n');
    await until('an answer', () => shown.includes('got a\n'));
    // What is printed at the very end may be lost in the cluster's container runtime.
    child.stdin.write('quit\n');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(5);
    expect(stderr).toBe(
      'info Attached to container main of pod in: without a terminal, since its spec does not say `tty: true`.',
    );
  });

  it('shows output only where the process takes no input', async () => {
    await start('out', 'while :; do echo here; sleep 0.2; done');
    await using cli = startCli(['attach', '-n', namespace.name, '-l', 'app=out'], { cwd });
    await cli.printed(/here\n/);
    expect(cli.output().stderr).toContain('output only, since its spec does not say `stdin: true`');
    cli.child.kill('SIGINT');
    expect((await cli.exited).code).toBe(130);
    expect((await runCli(['enter', '-n', namespace.name, '--pod', 'out', 'true'], { cwd })).code).toBe(0);
  });

  it('is a terminal that can be left with Ctrl-P Ctrl-Q, and the process runs on', async () => {
    await start('tty', 'stty size; exec sh', { stdin: true, tty: true });
    const args = ['attach', '-n', namespace.name, '--pod', 'tty'];
    await using cli = startCli(args, { cwd, terminal: { ...terminal, after: 'stty -a' } });
    await cli.printed(/Ctrl-P Ctrl-Q detaches/);
    cli.child.stdin.write('echo $((6 * 7))\r');
    await cli.printed(/\r\n42\r\n/);
    // The size is on its way beside the input: first another one, then the terminal's own.
    await until('the size', () => {
      cli.child.stdin.write('stty size\r');
      return cli.printed(/\r\n33 101\r\n/, 1000);
    });
    cli.child.stdin.write('\u0010');
    cli.child.stdin.write('\u0011');
    const { code, stdout } = await cli.exited;
    expect(stdout).toContain('Detached from container main, which runs on');
    expect(stdout).toMatch(/[^-]icanon/);
    expect(stdout).toMatch(/[^-]opost/);
    expect(code).toBe(0);

    await using again = startCli(args, { cwd, terminal });
    await again.printed(/Ctrl-P Ctrl-Q detaches/);
    again.child.stdin.write('exit 6\r');
    expect((await again.exited).code).toBe(6);
  });

  it('passes on what is piped into a process with a terminal, and shows what it answers', async () => {
    await start('piped', 'exec sh', { stdin: true, tty: true });
    const input = 'echo $((6 * 7)); sleep 1; exit 6\n';
    const args = [CLI, 'attach', '-n', namespace.name, '--pod', 'piped'];
    const { exitCode, stdout } = await execa(process.execPath, args, { cwd, reject: false, input });
    expect(stdout).toContain('\r\n42');
    expect(exitCode).toBe(6);
  });

  it('waits for a container that does not exist yet where it is told to, and for one that starts', async () => {
    const late = await attach(['--pod', 'late', '--wait', '--timeout', '1']);
    expect(late).toMatchObject({ code: 1, stdout: '' });
    expect(late.stderr).toMatch(/^error POD_\w+: /m);
    await using cli = startCli(['attach', '-n', namespace.name, '--pod', 'late', '--wait'], { cwd });
    await cli.printed(/no pod with the name late/);
    await start('late', 'while :; do echo here; sleep 0.2; done');
    await cli.printed(/here\n/);
    cli.child.kill('SIGTERM');
    expect((await cli.exited).code).toBe(143);
  });

  it('ends, and never with 0, soon after the network fell silent', async () => {
    await start('quiet', 'sleep 1000');
    await using project = await makeProject({});
    await using faulty = await faultyCluster(project);
    const env = { KUBECONFIG: faulty.KUBECONFIG };
    await using cli = startCli(['attach', '-n', namespace.name, '--pod', 'quiet'], { cwd, env });
    await cli.printed(/Attached to container main/);
    await isGuarded(faulty.proxy);
    faulty.proxy.hold();
    const since = performance.now();
    const { code, stderr } = await cli.exited;
    console.log(`attach noticed the silent network after ${Math.round(performance.now() - since)} ms`);
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(stderr).toMatch(/^error STREAM_LOST: /m);
    expect(code).toBe(1);
  });

  it('says that the pod took the exit code along', async () => {
    await start('gone', 'while :; do echo here; sleep 0.2; done');
    await using cli = startCli(['attach', '-n', namespace.name, '--pod', 'gone'], { cwd });
    await cli.printed(/here\n/);
    await namespace.kubectl(['delete', 'pod', 'gone', '--grace-period=0', '--force']);
    const { code, stderr } = await cli.exited;
    // The cluster may tell the exit code of the killed process before it forgets the pod.
    if (code !== 137)
      expect(stderr).toMatch(
        /error POD_GONE: pod gone was deleted, and the exit code of container main with it/,
      );
  });

  it('finds its container by image, and asks where there are several', async () => {
    const pod = await attach(['--image-selector', image.replace(/:[^:]*$/, ''), '-c', 'nope']);
    expect(pod.code).toBe(1);
    await start('other', reader, { stdin: true });
    await until('a second pod', async () => (await namespace.kubectl(['get', 'pods'])).includes('other'));
    await using cli = startCli(['attach', '-n', namespace.name, '--pick'], { cwd, terminal });
    await cli.printed(/Which container do you want to attach to\?/);
    await cli.printed(/other main \(Running\)/);
    cli.child.stdin.write('\u0003');
    expect((await cli.exited).code).toBe(130);
  });
});
