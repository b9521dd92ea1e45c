import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/report/events.js';
import { ofType, startCli, type RunningCli } from '../rig/cli.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { faultyCluster, type FaultyCluster } from '../rig/fault-cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { startPod } from '../rig/pod.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

/** Lines of each of the container's two lives. (2,000,000 at full speed: `npm run bench -- --only logs`.) */
const LINES = 30_000;

/** Prints `life number text`, with a pause after each thousand, so that faults meet it in the middle. */
const script = `
life=$(cat /data/life 2>/dev/null || echo 1); echo $((life + 1)) > /data/life
awk -v life=$life 'BEGIN {
  text = sprintf("%80s", ""); gsub(/ /, "x", text)
  for (i = 1; i <= ${LINES}; i++) {
    printf "%d %07d %s\\n", life, i, text
    if (i % 1000 == 0) { fflush(); system("sleep 0.5") }
  }
}'
[ $life = 2 ] && { echo end; exec sleep 100000; }
exit 3`;

interface Account {
  lines: number;
  missing: number;
  repeated: number;
  /** Gaps that were not told right before. */
  untold: string[];
}

/** Follows the numbering through the events, in the order in which they were printed. */
function accountOf(events: readonly Event[]): Account {
  const account: Account = { lines: 0, missing: 0, repeated: 0, untold: [] };
  let last = 0;
  let isTold = false;
  for (const event of events) {
    if (event.type === 'warning' && event.code === 'LOGS_INCOMPLETE') isTold = true;
    if (event.type !== 'log' || event.line === 'end') continue;
    const [life, number] = event.line.split(' ').map(Number) as [number, number];
    const at = (life - 1) * LINES + number;
    account.lines += 1;
    if (at <= last) account.repeated += 1;
    else if (at > last + 1) {
      account.missing += at - last - 1;
      if (!isTold) account.untold.push(`after ${last} comes ${at}`);
    }
    isTold = false;
    last = Math.max(last, at);
  }
  account.missing += 2 * LINES - last;
  return account;
}

describe('devspace logs -f, with every line accounted for', () => {
  let namespace: Namespace;
  let project: Project;
  let cluster: FaultyCluster;
  let image: string;
  beforeAll(async () => {
    namespace = await makeNamespace();
    project = await makeProject({});
    cluster = await faultyCluster(project);
    image = await pushedBusybox();
  });
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
  });

  const start = (name: string, command = script) =>
    startPod(namespace, {
      name,
      image,
      command: ['sh', '-c', command],
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      spec: { volumes: [{ name: 'data', emptyDir: {} }] },
    });
  const follow = (pod: string, env: Record<string, string> = {}) =>
    startCli(['logs', '-f', '--lines', 'all', '-n', namespace.name, '--pod', pod, '--output', 'json'], {
      cwd: project.dir,
      env,
    });
  const seen = (cli: RunningCli, lines: number) =>
    until(`${lines} lines`, () => cli.output().stdout.split('"type":"log"').length > lines, 120_000);
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('across cuts, a silent network, a server that is away for 5 s, a stopped process and a restart', async () => {
    const { KUBECONFIG, proxy } = cluster;
    await start('faults');
    await using cli = follow('faults', { KUBECONFIG });
    await seen(cli, 2000);
    proxy.cut();
    await seen(cli, 5000);
    proxy.cut();
    await proxy.refuse(true);
    await pause(5000);
    await proxy.refuse(false);
    await seen(cli, 15_000);
    proxy.strand();
    await seen(cli, 20_000);
    cli.child.kill('SIGSTOP');
    await pause(3000);
    cli.child.kill('SIGCONT');
    // The last words of the first life come while nobody listens.
    await seen(cli, 28_000);
    proxy.cut();
    await proxy.refuse(true);
    await until(
      'the restart',
      async () =>
        (await namespace.kubectl(['get', 'pod', 'faults', '-o', 'jsonpath={..restartCount}'])) === '1',
    );
    await proxy.refuse(false);
    await cli.event(
      ofType('log', ({ line }) => line === 'end'),
      120_000,
    );
    expect(accountOf(cli.events())).toEqual({ lines: 2 * LINES, missing: 0, repeated: 0, untold: [] });
    const restarts = cli
      .events()
      .filter((event) => event.type === 'note' && event.text.includes('restarted'));
    expect(restarts).toMatchObject([{ text: 'Container main was restarted after exit code 3' }]);
    expect(cli.events().filter(ofType('warning')).length).toBeGreaterThan(0);
  });

  it('that nobody takes for a while: 200,000 at full speed across a restart and a rotation of the log', async () => {
    const burst = `
life=$(cat /data/life 2>/dev/null || echo 1); echo $((life + 1)) > /data/life
while [ ! -e /data/go ]; do sleep 0.1; done
awk -v life=$life 'BEGIN {
  text = sprintf("%100s", ""); gsub(/ /, "x", text)
  for (i = (life - 1) * 100000 + 1; i <= life * 100000; i++) printf "%d %s\\n", i, text
}'
[ $life = 2 ] && while true; do echo end; sleep 1; done
exit 3`;
    await start('burst', burst);
    await using cli = startCli(['logs', '-f', '--lines', 'all', '-n', namespace.name, '--pod', 'burst'], {
      cwd: project.dir,
    });
    await cli.printed(/Logs of pod burst/);
    cli.child.stdout.pause();
    await namespace.kubectl(['exec', 'burst', '--', 'touch', '/data/go']);
    // A node gives the newest file, and that does not begin with the beginning any more.
    await until(
      'the rotation of the second log',
      async () => {
        const args = ['logs', 'burst', '--limit-bytes', '10'];
        return /^(?!100001 |1 )(\d{6}|end)/.test(await namespace.kubectl(args, { reject: false }));
      },
      60_000,
    );
    cli.child.stdout.resume();
    await cli.printed(/^end$/m, 120_000);
    const lines = cli.output().stdout.split('\n');
    const expected = Array.from({ length: 200_000 }, (_, index) => `${index + 1} ${'x'.repeat(100)}`);
    const wrong = expected.findIndex((line, index) => lines[index] !== line);
    expect(`${wrong}: ${lines[wrong]}`).toBe('-1: undefined');
    expect(lines[200_000]).toBe('end');
    expect(cli.output().stderr).not.toContain('LOGS_INCOMPLETE');
  });
});
