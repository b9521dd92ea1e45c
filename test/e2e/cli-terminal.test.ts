import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentManifest } from '../rig/app.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { pidOf, startMarked } from '../rig/dev-run.js';
import { faultyCluster, isGuarded } from '../rig/fault-cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

const cwd = tmpdir();
const terminal = { columns: 101, rows: 33, after: 'stty -a' };
let namespace: Namespace;
let image: string;
beforeAll(async () => {
  [namespace, image] = await Promise.all([makeNamespace(), pushedBusybox()]);
  const manifest = deploymentManifest({
    image,
    container: '          command: [sh, -c, "trap exit TERM; while :; do sleep 0.1; done"]\n',
  });
  await until('the deployment', async () => {
    await namespace.kubectl(['apply', '--filename', '-'], { input: manifest });
    return true;
  });
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
});
afterAll(() => namespace[Symbol.asyncDispose]());

const enter = (args: readonly string[]) => startMarked(namespace, ['enter', ...args], { cwd, terminal });
const podOf = async (): Promise<string> =>
  (await namespace.kubectl(['get', 'pods', '-l', 'app=web', '--output', 'name'])).replace('pod/', '').trim();
/** What a program switches on that fills the screen. */
const fullScreen = String.raw`printf '\033[?1049h\033[?25l\033[?1000h\033[?2004h'; echo on; while :; do sleep 0.1; done`;
const undone = '\u001b[?2004l\u001b[?1000l\u001b[?25h\u001b[?1049l\u001b[m';
const isSane = (shown: string): boolean =>
  /[^-]icanon/.test(shown) && /[^-]opost/.test(shown) && /[^-]isig/.test(shown);

describe('a terminal whose pod goes away', () => {
  it('is put in order, says so, and goes on in the replacement when the user wants it', async () => {
    await using cli = enter(['-l', 'app=web']);
    await cli.printed(/\/ # /);
    const before = await podOf();
    cli.child.stdin.write(String.raw`printf '\033[?1049h\033[?25l'; echo o''n` + '\r');
    await cli.printed(/on\r\n/);
    await namespace.kubectl(['delete', 'pod', before, '--grace-period=0', '--force']);
    await cli.printed(new RegExp(`Pod ${before} (was|is being) deleted, and the shell in it with it`));
    await cli.printed(/Open the shell again in the pod that replaces it\?/);
    expect(cli.output().stdout).toContain('\u001b[?25h\u001b[?1049l\u001b[m');
    cli.child.stdin.write('\r');
    await cli.printed(new RegExp(`Opening a shell in pod (?!${before})web-\\S+, container app[^]*/ # `));
    cli.child.stdin.write('echo $((6 * 7)); exit 9\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toMatch(/42\r\n/);
    expect(stdout).satisfy(isSane);
    expect(code).toBe(9);
    expect(await cli.processes()).toEqual([]);
  });

  it('goes on without a question with --reconnect, also in the same pod after a restart of its container', async () => {
    await using cli = enter(['-l', 'app=web', '--reconnect']);
    await cli.printed(/\/ # /);
    const pod = await podOf();
    cli.child.stdin.write('kill 1\r');
    await cli.printed(/Container app of pod \S+ ended.*, and the shell in it with it/);
    await cli.printed(new RegExp(`in it with it[^]*Opening a shell in pod ${pod}, container app[^]*/ # `));
    cli.child.stdin.write('exit 8\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).not.toMatch(/again (in|there)/);
    expect(code).toBe(8);
  });

  it('ends with 137 and a warning when the user does not want it', async () => {
    await using cli = enter(['-l', 'app=web']);
    await cli.printed(/\/ # /);
    await namespace.kubectl(['delete', 'pod', await podOf(), '--grace-period=0', '--force']);
    await cli.printed(/Open the shell again/);
    cli.child.stdin.write('n\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toMatch(/(POD_GONE)/);
    expect(stdout).satisfy(isSane);
    expect([1, 137]).toContain(code);
  });

  it('never goes on where there is no terminal', async () => {
    await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    const pod = await podOf();
    await using cli = startMarked(
      namespace,
      ['enter', '--pod', pod, '--reconnect', '--', 'sh', '-c', 'echo on; sleep 1000'],
      { cwd },
    );
    await cli.printed(/on\n/);
    await namespace.kubectl(['delete', 'pod', pod, '--grace-period=0', '--force']);
    const { code, stdout, stderr } = await cli.exited;
    expect(stderr).toMatch(
      /(warn|error).*(Pod web-\S+ (was|is being) deleted, and sh in it with it|POD_GONE)/,
    );
    expect(stdout).toBe('on\n');
    expect([1, 137]).toContain(code);
  });

  it('says that nothing replaces a pod without a controller', async () => {
    await startPod(namespace, { name: 'single', image });
    await using cli = enter(['--pod', 'single']);
    await cli.printed(/\/work # /);
    await namespace.kubectl(['delete', 'pod', 'single', '--grace-period=0', '--force']);
    const { stdout } = await cli.exited;
    expect(stdout).toMatch(/Pod single (was|is being) deleted, and the shell in it with it/);
    expect(stdout).toContain('no controller replaces this pod');
    expect(stdout).satisfy(isSane);
  });

  it('is not taken for lost when the command was killed by the user', async () => {
    await startPod(namespace, { name: 'killer', image });
    await using cli = enter(['--pod', 'killer', '--', 'sh', '-c', 'kill -9 $$']);
    const { code, stdout } = await cli.exited;
    expect(stdout).not.toMatch(/warn|again/);
    expect(code).toBe(137);
  });
});

describe('the terminal after devspace', () => {
  beforeAll(async () => {
    await startPod(namespace, { name: 'screen', image });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)(
    'is as it was before, also after %s in the middle of a full-screen program',
    async (signal, expected) => {
      await using cli = enter(['--pod', 'screen', '--', 'sh', '-c', fullScreen]);
      await cli.printed(/on\r\n/);
      process.kill(await pidOf(cli), signal);
      const { code, stdout } = await cli.exited;
      expect(stdout).toContain(undone);
      expect(stdout).satisfy(isSane);
      expect(code).toBe(expected);
      expect(await cli.processes()).toEqual([]);
    },
  );

  it('ends when its terminal is closed, also when no signal tells it so', async () => {
    await using project = await makeProject({});
    // As makers of terminals go that are killed: the shell in between keeps the signal to itself.
    const own = { ...terminal, after: 'echo $code > ended' };
    await using cli = startMarked(namespace, ['enter', '-l', 'app=web'], { cwd: project.dir, terminal: own });
    await cli.printed(/\/ # /);
    cli.child.kill('SIGKILL');
    await until('its end', async () => (await cli.processes()).length === 0);
    // By its own SIGKILL: of a terminal that is gone there is nothing to restore.
    expect(await readFile(project.path('ended'), 'utf8')).toBe('137\n');
  });

  it('is left alone when the program has put everything back itself', async () => {
    const script = String.raw`printf '\033[?1049h\033[?25l'; printf '\033[?25h\033[?1049l'; echo over`;
    await using cli = enter(['--silent', '--pod', 'screen', '--', 'sh', '-c', script]);
    const { stdout } = await cli.exited;
    expect(stdout).toContain('over\r\n');
    expect(stdout).not.toContain('\u001b[m');
    expect(stdout).satisfy(isSane);
  });

  it('works again after a stop and a continuation', async () => {
    await using cli = enter(['--pod', 'screen']);
    await cli.printed(/\/work # /);
    const pid = await pidOf(cli);
    process.kill(pid, 'SIGSTOP');
    process.kill(pid, 'SIGCONT');
    cli.child.stdin.write('echo $((6 * 7)); exit 4\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toContain('42\r\n');
    expect(code).toBe(4);
    expect(stdout).satisfy(isSane);
  });

  it.each([
    ['while it looks for the pod', ['--pod', 'nowhere', '--wait'], /no pod with the name nowhere/],
    ['while it asks', [], /Which pod do you want to enter\?[^]*screen/],
  ])('can be had back with Ctrl-C %s', async (_name, flags, pattern) => {
    await using cli = enter(flags);
    await cli.printed(pattern);
    cli.child.stdin.write('\u0003');
    const { code, stdout } = await cli.exited;
    expect(code).toBe(130);
    expect(stdout).satisfy(isSane);
    expect(await cli.processes()).toEqual([]);
  });
});

describe('devspace enter --wait', () => {
  it('waits for a pod that does not exist yet', async () => {
    await using cli = enter(['--pod', 'later', '--wait', '--', 'echo', 'here now']);
    await cli.printed(/no pod with the name later/);
    await startPod(namespace, { name: 'later', image });
    const { code, stdout } = await cli.exited;
    expect(stdout).toContain('here now\r\n');
    expect(code).toBe(0);
  });
});

describe('devspace enter -c', () => {
  it('opens an init container while it runs, and says when it has ended', async () => {
    const started = startPod(namespace, {
      name: 'prepared',
      image,
      spec: {
        initContainers: [
          { name: 'setup', image, command: ['sh', '-c', 'until [ -e /tmp/go ]; do sleep 0.1; done'] },
        ],
      },
    });
    await using cli = enter(['--pod', 'prepared', '-c', 'setup', '--wait', '--', 'touch', '/tmp/go']);
    expect((await cli.exited).code).toBe(0);
    await started;
    await using again = enter(['--pod', 'prepared', '-c', 'setup', '--', 'true']);
    expect((await again.exited).stdout).toMatch(
      /error CONTAINER_ENDED: There is nothing to run in: container "setup" of pod prepared has done its work/,
    );
  });
});

describe('a terminal whose connection breaks', () => {
  beforeAll(async () => {
    await startPod(namespace, { name: 'cut', image });
  });

  it('is put in order, and opened again in the same container when the user wants it', async () => {
    await using project = await makeProject({});
    await using faulty = await faultyCluster(project);
    const { KUBECONFIG, proxy } = faulty;
    const args = [
      'enter',
      '--pod',
      'cut',
      '--',
      'sh',
      '-c',
      `[ -e /tmp/second ] && exit 6; touch /tmp/second; ${fullScreen}`,
    ];
    await using cli = startMarked(namespace, args, { cwd, terminal, env: { KUBECONFIG } });
    await cli.printed(/on\r\n/);
    proxy.cut();
    await cli.printed(/The stream to sh in container "main" of pod \S+ ended without an exit code/);
    await cli.printed(/Open sh again there\?/);
    expect(cli.output().stdout).toContain(undone);
    cli.child.stdin.write('\r');
    const { code, stdout } = await cli.exited;
    expect(code).toBe(6);
    expect(stdout).satisfy(isSane);
    expect(await cli.processes()).toEqual([]);
  });

  it('is put in order soon after the network fell silent, and goes on when that is back', async () => {
    await using project = await makeProject({});
    await using faulty = await faultyCluster(project);
    const { KUBECONFIG, proxy } = faulty;
    const script = `[ -e /tmp/silent ] && exit 6; touch /tmp/silent; ${fullScreen}`;
    const args = ['enter', '--pod', 'cut', '--', 'sh', '-c', script];
    await using cli = startMarked(namespace, args, { cwd, terminal, env: { KUBECONFIG } });
    await cli.printed(/on\r\n/);
    await isGuarded(proxy);
    proxy.hold();
    const since = performance.now();
    await cli.printed(/Open sh again there\?/);
    console.log(`the terminal noticed the silent network after ${Math.round(performance.now() - since)} ms`);
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(cli.output().stdout).toContain(undone);
    cli.child.stdin.write('\r');
    await cli.printed(/for the network to come back: The API server \S+ does not answer/);
    proxy.release();
    const { code, stdout } = await cli.exited;
    expect(code).toBe(6);
    expect(stdout).satisfy(isSane);
    expect(await cli.processes()).toEqual([]);
  });

  it('fails through pipes, and never with 0', async () => {
    await using project = await makeProject({});
    await using faulty = await faultyCluster(project);
    const { KUBECONFIG, proxy } = faulty;
    const args = ['enter', '--pod', 'cut', '--', 'sh', '-c', 'echo on; sleep 1000'];
    await using cli = startMarked(namespace, args, { cwd, env: { KUBECONFIG } });
    await cli.printed(/on\n/);
    proxy.cut();
    const { code, stdout, stderr } = await cli.exited;
    expect(stderr).toMatch(/^error STREAM_LOST: .* ended without an exit code/m);
    expect([code, stdout]).toEqual([1, 'on\n']);
  });

  it('can be had back while nothing answers', async () => {
    await using project = await makeProject({});
    await using faulty = await faultyCluster(project);
    const { KUBECONFIG, proxy } = faulty;
    proxy.hold();
    await using cli = startMarked(namespace, ['enter', '--pod', 'cut'], {
      cwd,
      terminal,
      env: { KUBECONFIG },
    });
    await until('a connection', () => proxy.connections() > 0);
    cli.child.stdin.write('\u0003');
    const { code, stdout } = await cli.exited;
    expect(code).toBe(130);
    expect(stdout).satisfy(isSane);
    expect(await cli.processes()).toEqual([]);
  });
});
