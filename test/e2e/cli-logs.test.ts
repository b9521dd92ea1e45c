import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { until } from '../rig/until.js';

const cwd = tmpdir();
let namespace: Namespace;
let image = '';

interface Containers {
  containers: Record<string, string>;
  init?: Record<string, string>;
  restartPolicy?: string;
}

/** A pod whose containers run these shell scripts. */
async function start(name: string, { containers, init = {}, restartPolicy = 'Always' }: Containers) {
  const list = (scripts: Record<string, string>) =>
    Object.entries(scripts).map(([name, script]) => ({ name, image, command: ['sh', '-c', script] }));
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 0,
      containers: list(containers),
      initContainers: list(init),
    },
  };
  const input = JSON.stringify(pod);
  await until(`pod ${name} accepted`, async () => {
    await namespace.kubectl(['apply', '--filename', '-'], { input });
    return true;
  });
}

/** Until the log of the container has that line. */
const logged = (pod: string, container: string, line: RegExp) =>
  until(`${pod} logs ${String(line)}`, async () =>
    line.test(await namespace.kubectl(['logs', pod, '-c', container], { reject: false })),
  );

const logs = (...args: string[]) => runCli(['logs', '-n', namespace.name, ...args], { cwd });

beforeAll(async () => {
  namespace = await makeNamespace();
  image = await pushedBusybox();
  await Promise.all([
    start('many', {
      containers: {
        main: 'seq 1 300; echo "ünïcode  and \ttabs"; exec sleep 100000',
        side: 'echo on the side; exec sleep 100000',
      },
      init: { prepare: 'echo prepared' },
    }),
    start('failed', { containers: { main: 'echo cannot start >&2; exit 3' }, restartPolicy: 'Never' }),
  ]);
  await Promise.all([
    logged('many', 'main', /tabs/),
    logged('many', 'side', /side/),
    logged('failed', 'main', /cannot/),
  ]);
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
});

describe('devspace logs', () => {
  it('prints the last lines as they are', async () => {
    const all = [...Array.from({ length: 300 }, (_, index) => `${index + 1}`), 'ünïcode  and \ttabs', ''];
    const result = await logs('--pod', 'many', '-c', 'main');
    expect(result.stdout).toBe(all.slice(-201).join('\n'));
    expect(result.stderr).toBe('info Logs of pod many, container main\n');
    expect(result.code).toBe(0);
    expect(await logs('--silent', '--pod', 'many', '-c', 'main', '--lines', '2')).toMatchObject({
      stdout: all.slice(-3).join('\n'),
      stderr: '',
    });
    expect((await logs('--pod', 'many', '-c', 'main', '--lines', '1000')).stdout).toBe(all.join('\n'));
    expect((await logs('--pod', 'many', '-c', 'main', '--lines', '0')).stdout).toBe('');
  });

  it('prints what a program can read', async () => {
    const { stdout } = await logs('--pod', 'many', '-c', 'side', '--output', 'json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(events.at(-1)).toMatchObject({ type: 'log', prefix: '', line: 'on the side' });
  });

  it.each([
    [['--pod', 'many', '-c', 'side'], 'on the side\n'],
    [['-c', 'side'], 'on the side\n'],
    [['-c', 'prepare'], 'prepared\n'],
    [['--pod', 'failed'], 'cannot start\n'],
  ])('finds the container with %j', async (args, text) => {
    expect(await logs(...args)).toMatchObject({ code: 0, stdout: text });
  });

  it('does not guess among several', async () => {
    const { code, stdout, stderr } = await logs();
    expect(stderr).toMatch(/^error TARGET_AMBIGUOUS: 3 containers are there/m);
    for (const line of [
      '--pod many -c main   (Running)',
      '--pod many -c side   (Running)',
      '--pod failed -c main   (Error)',
    ])
      expect(stderr).toContain(`  ${line}\n`);
    expect([code, stdout]).toEqual([1, '']);
  });

  it.each([
    [['--pod', 'nope'], /^error POD_NOT_FOUND: There is no pod with the name nope in namespace /],
    [
      ['--pod', 'many', '-c', 'nope'],
      /^error CONTAINER_NOT_FOUND: Pod .*\/many has no container "nope"\n.*: main, side/,
    ],
    [['-l', 'app=nope'], /^error POD_NOT_FOUND: There is no pod with the labels app=nope/],
    [['-c', 'nope', '-f'], /^error TARGET_NOT_FOUND: There is no container "nope"/],
  ])('says that there is none: %j', async (args, message) => {
    const { code, stdout, stderr } = await logs(...args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^ {2}hint: ./m);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('prints all lines, or those of a time', async () => {
    const main = ['--pod', 'many', '-c', 'main', '--silent'];
    const all = await logs(...main, '--lines', 'all');
    expect(all.stdout.split('\n')).toHaveLength(302);
    for (const since of ['1h', '2020-01-01T00:00:00Z'])
      expect((await logs(...main, '--since', since)).stdout).toBe(all.stdout);
    expect((await logs(...main, '--since', '1h', '--lines', '2')).stdout).toMatch(/^300\nünïcode/);
    expect((await logs(...main, '--since', '2100-01-01T00:00:00Z')).stdout).toBe('');
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(await logs(...main, '--since', later)).toMatchObject({ code: 0, stdout: '' });
  });

  it.each([
    [['--lines', '-1'], 'USAGE: --lines wants a whole number from 0 or "all", got "-1"'],
    [['--since', 'yesterday'], 'USAGE: --since wants how long ago, or a time, got "yesterday"'],
    [['--previous', '-f'], 'USAGE: --previous and --follow exclude each other'],
    [
      ['--pod', 'failed', '--previous'],
      'LOGS_UNAVAILABLE: Container main of pod .*/failed was never restarted, so it has no previous log',
    ],
  ])('refuses %j', async (args, message) => {
    const { code, stderr, stdout } = await logs(...args);
    expect(stderr).toMatch(new RegExp(`error ${message}`));
    expect(stderr).toMatch(/^ {2}hint: ./m);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('finds the container by its image, and takes the newest where nobody can be asked', async () => {
    const repository = image.replace(/:[^:/]*$/, '');
    for (const name of [image, repository]) {
      const { code, stderr, stdout } = await logs('--image-selector', name, '-c', 'main', '--lines', '1');
      expect(stderr).toContain('TARGET_AMBIGUOUS');
      expect([code, stdout]).toEqual([0, expect.stringMatching(/cannot start|tabs/)]);
    }
    const none = await logs('--image-selector', `${repository}:nope`, '--timeout', '1');
    expect(none.stderr).toMatch(/^error POD_NOT_FOUND: There is no pod with the image/m);
  });

  it('lets choose from a list, crashed containers and those that are done included', async () => {
    await using cli = startCli(['logs', '-n', namespace.name, '--pick', '--pod', 'many', '--lines', '1'], {
      cwd,
      terminal: { columns: 101, rows: 33 },
    });
    await cli.printed(/Which container do you want the logs of\?[^]*prepare/);
    cli.child.stdin.write('\r');
    const { code, stdout } = await cli.exited;
    expect(stdout).toMatch(/tabs\r\n$|on the side\r\n$|prepared\r\n$/);
    expect(code).toBe(0);
  });

  it('ends quietly when the reader has enough', async () => {
    await using cli = startCli(['logs', '-f', '-n', namespace.name, '--pod', 'many', '-c', 'main'], { cwd });
    cli.child.stdout.destroy();
    expect((await cli.exited).code).toBe(0);
  });
});

describe('devspace logs --wait', () => {
  it('waits for a pod that is not there yet, and for its container to start', async () => {
    await using cli = startCli(['logs', '--wait', '-n', namespace.name, '-l', 'app=late'], { cwd });
    await cli.printed(/app=late/);
    const run = ['run', 'late', '--image', image, '--labels', 'app=late', '--command', '--'];
    await namespace.kubectl([...run, 'sh', '-c', 'echo here at last; exec sleep 100000']);
    expect(await cli.exited).toMatchObject({ code: 0 });
    await logged('late', 'late', /here/);
    expect((await logs('--wait', '-l', 'app=late')).stdout).toBe('here at last\n');
  });

  it('waits no longer than it is told', async () => {
    await start('slow', { init: { slow: 'exec sleep 100000' }, containers: { main: 'echo never' } });
    const { code, stderr } = await logs('--wait', '--timeout', '1', '--pod', 'slow', '-c', 'main');
    expect(stderr).toMatch(
      /^error LOGS_UNAVAILABLE: Container main of pod .*\/slow has not started within 1 s/m,
    );
    expect(code).toBe(1);
    expect((await logs('--pod', 'slow', '-c', 'main')).stderr).toMatch(
      /^error LOGS_UNAVAILABLE: There are no logs of pod .*\/slow yet: .*PodInitializing/m,
    );
    expect((await logs('--wait', '--timeout', '1', '-l', 'app=nope')).stderr).toMatch(/^error POD_\w+: /m);
  });
});

describe('devspace logs -f', () => {
  it('goes on across a restart of the container, until Ctrl-C', async () => {
    const script = 'echo start; while [ ! -e /tmp/die ]; do sleep 0.05; done; echo last words; exit 1';
    await start('again', { containers: { main: script } });
    await logged('again', 'main', /start/);
    await using cli = startCli(['logs', '-f', '-n', namespace.name, '--pod', 'again'], { cwd });
    await cli.printed(/start\n/);
    await namespace.kubectl(['exec', 'again', '--', 'touch', '/tmp/die']);
    await cli.printed(/start\nlast words\nstart\n/);
    expect(cli.output().stderr).toContain('info Container main was restarted after exit code 1\n');
    expect((await logs('--pod', 'again', '--previous')).stdout).toBe('start\nlast words\n');
    cli.child.kill('SIGINT');
    const { code, stdout, stderr } = await cli.exited;
    expect(stdout).toBe('start\nlast words\nstart\n');
    expect(stderr).not.toContain('error');
    expect(code).toBe(130);
  });

  it('ends with the pod, and waits for one that still starts', async () => {
    await start('short', {
      init: { slow: 'sleep 1' },
      containers: { main: 'echo one; sleep 0.3; echo two' },
      restartPolicy: 'Never',
    });
    const { code, stdout } = await logs('-f', '--pod', 'short');
    expect([code, stdout]).toEqual([0, 'one\ntwo\n']);
  });

  it('says that a pod has no node yet, and waits for it where it follows', async () => {
    const spec = { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'main', image }] };
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'homeless' }, spec });
    await namespace.kubectl(['apply', '--filename', '-'], { input });
    const { code, stderr } = await logs('--pod', 'homeless');
    expect(stderr).toMatch(
      /^error LOGS_UNAVAILABLE: There are no logs of pod .*\/homeless yet: it is Pending/m,
    );
    expect(code).toBe(1);
    await using cli = startCli(['logs', '-f', '-n', namespace.name, '--pod', 'homeless'], { cwd });
    await cli.printed(/waiting for container main of pod homeless to start/);
    await namespace.kubectl(['delete', 'pod', 'homeless', '--grace-period=0', '--force']);
    await cli.exited;
  });

  it('says why a container cannot start', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'broken' },
      spec: { containers: [{ name: 'main', image: 'No/Image' }] },
    };
    await namespace.kubectl(['apply', '--filename', '-'], { input: JSON.stringify(pod) });
    await until('its trouble', async () =>
      (await namespace.kubectl(['get', 'pod', 'broken'])).includes('InvalidImageName'),
    );
    for (const flags of [[], ['-f']]) {
      const { code, stderr } = await logs('--pod', 'broken', ...flags);
      expect(stderr).toMatch(/^error LOGS_UNAVAILABLE: There are no logs of pod .*InvalidImageName/m);
      expect(code).toBe(1);
    }
  });
});
