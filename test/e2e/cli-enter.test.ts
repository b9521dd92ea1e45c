import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, runCli, startCli, type CliOptions } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { until } from '../rig/until.js';

const cwd = tmpdir();
let namespace: Namespace;
let image: string;
/** Pods `one` and `two` of one container each, and `pair` with `main` and `other`. */
beforeAll(async () => {
  namespace = await makeNamespace();
  image = await pushedBusybox();
  const other = { name: 'other', image, command: ['sleep', '100000'] };
  const main = { name: 'main', image, command: ['sleep', '100000'] };
  await Promise.all([
    startPod(namespace, { name: 'one', image }),
    startPod(namespace, { name: 'two', image, labels: { tier: 'back' } }),
    startPod(namespace, { name: 'pair', image, spec: { containers: [main, other] } }),
  ]);
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
});

const enter = (args: readonly string[], options: Partial<CliOptions> = {}) =>
  runCli(['enter', '-n', namespace.name, ...args], { cwd, ...options });

describe('devspace enter through pipes', () => {
  it('passes arguments, output and exit code on as they are', async () => {
    const script = 'printf "%s|" "$@"; printf "to stderr" >&2; exit 7';
    const words = ['--pod', '-c', 'a  b', '*', '$HOME', "it's", '--', '', 'ü'];
    const result = await enter(['--pod', 'one', '--', 'sh', '-c', script, 'sh', ...words]);
    expect(result.stdout).toBe(words.map((word) => `${word}|`).join(''));
    expect(result.stderr).toBe('info Running sh in pod one, container main\nto stderr');
    expect(result.code).toBe(7);
    const silent = await enter(['--silent', '--pod', 'one', '--', 'sh', '-c', script]);
    expect(silent).toMatchObject({ code: 7, stdout: '|', stderr: 'to stderr' });
  });

  it('carries 100 MB of anything there and back', async () => {
    const piece = randomBytes(1_000_000);
    const args = ['enter', '--silent', '-n', namespace.name, '--pod', 'one', '--', 'tee', '/tmp/data'];
    const child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    const sent = createHash('sha256');
    const data = function* (): Generator<Buffer> {
      for (let index = 0; index < 100; index += 1) {
        piece.writeUInt32BE(index);
        sent.update(piece);
        yield Buffer.from(piece);
      }
    };
    const sending = pipeline(data(), child.stdin);
    const back = createHash('sha256');
    for await (const chunk of child.stdout) back.update(chunk as Buffer);
    await sending;
    const code = child.exitCode ?? (await new Promise((resolve) => child.on('close', resolve)));
    const sum = sent.digest('hex');
    expect([code, back.digest('hex')]).toEqual([0, sum]);
    const there = await enter(['--silent', '--pod', 'one', '--', 'sha256sum', '/tmp/data']);
    expect(there.stdout).toBe(`${sum}  /tmp/data\n`);
  });

  it('finds its container by image and labels', async () => {
    const where = ['--image-selector', image.replace(/:[^:/]*$/, ''), '-l', 'app=two'];
    const { code, stdout } = await enter([...where, '--', 'sh', '-c', 'echo I am $HOSTNAME']);
    expect([code, stdout]).toEqual([0, 'I am two\n']);
    const none = await enter(['--image-selector', `${image}-nope`, '--timeout', '1', '--', 'true']);
    expect(none.stderr).toMatch(/^error POD_NOT_FOUND: There is no pod with the image/m);
  });

  it('leaves flags behind the first word to the command', async () => {
    const words = ['sh', '-c', 'printf "%s|" "$@"', 'sh', '-n', 'x', '--pod', '-c', '--', '--silent'];
    const { code, stdout } = await enter(['--pod', 'one', ...words]);
    expect([code, stdout]).toEqual([0, '-n|x|--pod|-c|--|--silent|']);
  });

  it.each([
    ['TERM', 143],
    ['KILL', 137],
    ['USR1', 138],
  ])('tells that SIG%s ended the command', async (name, expected) => {
    const result = await enter(['--silent', '--pod', 'one', '--', 'sh', '-c', `kill -${name} $$`]);
    expect(result).toMatchObject({ code: expected, stdout: '', stderr: '' });
  });

  it('starts in another folder', async () => {
    const there = await enter(['--pod', 'one', '--workdir', '/etc', 'pwd']);
    expect(there).toMatchObject({ code: 0, stdout: '/etc\n' });
    const nowhere = await enter(['--silent', '--pod', 'one', '--workdir', '/no/such', 'pwd']);
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toContain('/no/such');
  });

  it('gives the command a terminal when it is told to', async () => {
    const args = ['--silent', '--pod', 'one', '--tty', '--', 'sh', '-c', 'tty; cat; echo end'];
    const { code, stdout } = await enter(args, { input: 'typed\n' });
    // Two sides write to that terminal: what is typed appears somewhere before what cat makes of it.
    expect(stdout).toMatch(/\/dev\/pts\/\d+\r\n/);
    expect(stdout).toMatch(/typed\r\n[^]*typed\r\n[^]*end\r\n$/);
    expect(code).toBe(0);
  });

  it('prints no events', async () => {
    const { code, stdout, stderr } = await enter(['--pod', 'one', '--output', 'json', '--', 'true']);
    expect(stderr).toMatch(/^error USAGE: devspace enter cannot print events/);
    expect(stdout).toMatch(/^\{.*"code":"USAGE".*\}\n$/);
    expect(code).toBe(1);
  });

  it('runs a shell on what it is given', async () => {
    const result = await enter(['--pod', 'one'], { input: 'echo $((6 * 7)); exit 3\n' });
    expect(result).toMatchObject({ code: 3, stdout: '42\n' });
    expect(result.stderr).toBe('info Opening a shell in pod one, container main\n');
  });

  it('ends when the command ends, read or not', async () => {
    await using cli = startCli(['enter', '--silent', '-n', namespace.name, '--pod', 'one', '--', 'true'], {
      cwd,
      // What fits into the pipe: beyond that containerd now and then waits for a reader for ever, with kubectl as well.
      input: randomBytes(30_000),
    });
    expect(await cli.exited).toMatchObject({ code: 0, stderr: '' });
  });

  it('says that the container has no such program', async () => {
    const { code, stderr } = await enter(['--silent', '--pod', 'one', '--', 'nonsense', '--flag']);
    expect(stderr).toMatch(
      /^error EXEC_FAILED: Cannot run nonsense in container "main" of pod .*\/one: .*not found/m,
    );
    // As a shell ends.
    expect(code).toBe(127);
  });

  it('ends with 130 on Ctrl-C', async () => {
    const command = ['sh', '-c', 'echo started; sleep 1000'];
    await using cli = startCli(['enter', '-n', namespace.name, '--pod', 'two', '--', ...command], { cwd });
    await cli.printed(/started/);
    cli.child.kill('SIGINT');
    expect((await cli.exited).code).toBe(130);
  });
});

describe('devspace enter in a terminal', () => {
  const terminal = { columns: 101, rows: 33 };

  it('has the right size from the first byte, and keeps it right', async () => {
    const script = `stty size; trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done`;
    await using cli = startCli(['enter', '-n', namespace.name, '--pod', 'one', '--', 'sh', '-c', script], {
      cwd,
      terminal,
    });
    await cli.printed(/ready/);
    expect(cli.output().stdout).toContain('33 101\r\nready');
    const [device = ''] = cli.output().stdout.split('\r\n');
    await execa('stty', ['-F', device, 'rows', '40', 'cols', '90']);
    await cli.printed(/40 90\r\n/);
  });

  it('sends every key to the container, Ctrl-C too, and gives the terminal back', async () => {
    const script = `trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.05; done`;
    await using cli = startCli(['enter', '-n', namespace.name, '--pod', 'one', '--', 'sh', '-c', script], {
      cwd,
      terminal,
    });
    await cli.printed(/ready/);
    cli.child.stdin.write('\u0003');
    const { code, stdout } = await cli.exited;
    expect(stdout).toMatch(/interrupted\r\n$/);
    expect(code).toBe(5);
  });

  it('shows what the container sends as it is', async () => {
    const script = 'stty raw; printf "a\\nb\\001\\033[1mc"';
    await using cli = startCli(
      ['enter', '--silent', '-n', namespace.name, '--pod', 'one', '--', 'sh', '-c', script],
      {
        cwd,
        terminal,
      },
    );
    expect((await cli.exited).stdout).satisfy((shown: string) => shown.endsWith('\r\na\nb\u0001\u001b[1mc'));
  });

  it('opens a shell to type in', async () => {
    await using cli = startCli(['enter', '-n', namespace.name, '--pod', 'one', '-c', 'main'], {
      cwd,
      terminal,
    });
    await cli.printed(/\/work # /);
    cli.child.stdin.write('echo $((6 * 7)); exit 4\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toContain('42\r\n');
    expect(code).toBe(4);
  });

  it('lets choose among several containers', async () => {
    const args = ['enter', '-n', namespace.name, '--', 'sh', '-c', 'echo I am $HOSTNAME'];
    await using cli = startCli(args, { cwd, terminal });
    await cli.printed(/Which pod do you want to enter\?/);
    await cli.printed(/two main \(Running\)/);
    cli.child.stdin.write('\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toMatch(/I am (one|two|pair)\r\n$/);
    expect(code).toBe(0);
  });

  it.each(['--pick', '-p'])(
    'lets choose with %s among what fits, though it is the only one',
    async (flag) => {
      const args = [
        'enter',
        '-n',
        namespace.name,
        flag,
        '-l',
        'app=two',
        '--',
        'sh',
        '-c',
        'echo I am $HOSTNAME',
      ];
      await using cli = startCli(args, { cwd, terminal });
      await cli.printed(/two main \(Running\)/);
      cli.child.stdin.write('\r');
      const { code, stdout } = await cli.exited;
      expect(stdout).toMatch(/I am two\r\n$/);
      expect(code).toBe(0);
    },
  );

  it('lets choose among the containers of a pod', async () => {
    const args = ['enter', '-n', namespace.name, '--pod', 'pair', '--', 'echo', 'in it'];
    await using cli = startCli(args, { cwd, terminal });
    await cli.printed(/pair other \(Running\)/);
    cli.child.stdin.write('\u001b[B\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toMatch(/Running echo in pod pair, container other\r\nin it\r\n$/);
    expect(code).toBe(0);
  });

  it('gives the command no terminal when it is told so', async () => {
    const args = ['enter', '--silent', '-n', namespace.name, '--pod', 'one', '--no-tty', '--', 'tty'];
    await using cli = startCli(args, { cwd, terminal });
    const { code, stdout } = await cli.exited;
    expect(stdout).toMatch(/not a tty\r\n$/);
    expect(code).toBe(1);
  });

  it('takes Ctrl-C for an answer', async () => {
    await using cli = startCli(['enter', '-n', namespace.name], { cwd, terminal });
    await cli.printed(/two main \(Running\)/);
    cli.child.stdin.write('\u0003');
    const { code, stdout } = await cli.exited;
    expect(stdout).not.toContain('error');
    expect(code).toBe(130);
  });
});

describe('the container that devspace enter chooses', () => {
  it.each([
    [['--pod', 'two'], 'two main'],
    [['-l', 'app=one'], 'one main'],
    [['-l', 'app=two,tier=back'], 'two main'],
    [['-l', 'app=two', '-l', 'tier=back'], 'two main'],
    [['--pod', 'pair', '-c', 'other'], 'pair other'],
    [['-c', 'other'], 'pair other'],
  ])('with %j is %s', async (flags, which) => {
    const { code, stderr } = await enter([...flags, '--', 'true']);
    const [pod, container] = which.split(' ');
    expect(stderr).toBe(`info Running true in pod ${pod}, container ${container}\n`);
    expect(code).toBe(0);
  });

  it('is not guessed where nobody can be asked', async () => {
    const { code, stdout, stderr } = await enter(['--', 'true']);
    expect(stderr).toMatch(
      /^error TARGET_AMBIGUOUS: 4 containers are there to choose from, and no terminal to ask at\n( {2}--pod .*\n){4} {2}hint: /,
    );
    expect(stderr).toContain('  --pod pair -c other   (Running)\n');
    expect([code, stdout]).toEqual([1, '']);
  });

  it.each([
    [['--pod', 'nope'], /^error POD_NOT_FOUND: There is no pod with the name nope in namespace /],
    [['-l', 'app=nope'], /^error POD_NOT_FOUND: There is no pod with the labels app=nope in namespace /m],
    [
      ['--pod', 'one', '-c', 'nope'],
      /^error CONTAINER_NOT_FOUND: Pod .*\/one has no container "nope"\n.*: main$/m,
    ],
    [
      ['--pod', 'pair'],
      /^error CONTAINER_AMBIGUOUS: Pod .*\/pair has several containers.*\n.*: main, other$/m,
    ],
    [['-c', 'nope'], /^error TARGET_NOT_FOUND: There is no container "nope" in namespace /],
    [['-n', 'nowhere'], /^error NAMESPACE_NOT_FOUND: Namespace nowhere does not exist /],
    [['-l', 'app'], /^error USAGE: --label-selector "app" is no list of labels/],
    [['--timeout', 'soon', '--pod', 'one'], /^error USAGE: --timeout wants a whole number/],
  ])('does not exist: %j', async (flags, message) => {
    const { code, stdout, stderr } = await enter(['--timeout', '1', ...flags, '--', 'true']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^ {2}hint: ./m);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('does not exist in an empty namespace', async () => {
    await using empty = await makeNamespace();
    const { code, stderr } = await runCli(['enter', '-n', empty.name], { cwd });
    expect(stderr).toMatch(`error TARGET_NOT_FOUND: There is no pod in namespace ${empty.name} of context `);
    expect(code).toBe(1);
  });

  it('does not run: it says why', async () => {
    await using other = await makeNamespace();
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'broken' },
      spec: { containers: [{ name: 'main', image: 'No/Such/Image' }] },
    };
    await until('pod', () => other.kubectl(['apply', '--filename', '-'], { input: JSON.stringify(pod) }));
    const { code, stderr } = await runCli(['enter', '-n', other.name], { cwd });
    expect(stderr).toMatch(/^error POD_FAILED: Pod .*\/broken does not run: .*InvalidImageName/m);
    expect(code).toBe(1);
  });
});
