import { spawnSync } from 'node:child_process';
import { Closing } from '../src/base/closing.js';
import { openExec } from '../src/kube/exec/exec.js';
import { loadKube, type Kube } from '../src/kube/kube.js';
import { makeNamespace } from '../test/rig/cluster.js';
import { pushedBusybox } from '../test/rig/images.js';
import { startPod } from '../test/rig/pod.js';
import { median, type Figure, type Measurement } from './figures.js';
import type { Call, Subject } from './subject.js';

const RUNS = 40;
const WARM_UP = 3;
const FACTOR = 0.5;

/**
 * Running `true` in a container: the whole command beside `kubectl exec`, and what one more exec costs a devspace that already runs, which is what sync,
 * hooks and restarts pay. All take turns, so that other work on the machine hits all.
 */
export async function measureExec(subjects: readonly Subject[]): Promise<Measurement[]> {
  await using closing = new Closing();
  const namespace = closing.use(await makeNamespace());
  await startPod(namespace, { name: 'exec', image: await pushedBusybox() });
  using kube = await loadKube();
  const place = { namespace: namespace.name, pod: 'exec', container: 'main' };

  const commands: { subject: string; call: Call }[] = [
    { subject: 'node -e 0 (floor)', call: { argv: [process.execPath, '-e', '0'] } },
    {
      subject: 'kubectl exec',
      call: { argv: ['kubectl', 'exec', '-n', place.namespace, place.pod, '--', 'true'] },
    },
    ...subjects.flatMap((subject) => {
      const call = subject.enter?.(place, ['true']);
      return call ? [{ subject: `${subject.name} enter`, call }] : [];
    }),
  ];
  const runs = [
    ...commands.map(({ call, subject }) => ({ subject, run: () => wall(call), samples: [] as number[] })),
    {
      subject: 'one more exec in a running devspace',
      run: () => execIn(kube, place),
      samples: [] as number[],
    },
  ];
  for (let round = -WARM_UP; round < RUNS; round += 1) {
    for (const { run, samples } of runs) {
      const ms = await run();
      if (round >= 0) samples.push(ms);
    }
  }
  const beside = median(runs.find(({ subject }) => subject === 'kubectl exec')!.samples);
  const figures = runs.map(({ samples, subject }): Figure => {
    const isOurs = subject === `${subjects[0]?.name} enter` || subject.startsWith('one more');
    const target = { limit: beside * FACTOR, text: `${FACTOR} x kubectl` };
    return { subject, samples, target: isOurs ? target : undefined };
  });
  const note =
    'until the exit code is there; the floor is what Node takes to start and end, below which no command can get';
  return [{ name: 'exec of `true`', unit: 'ms', figures, note }];
}

function wall({ argv }: Call): number {
  const [program = '', ...args] = argv;
  const began = performance.now();
  const { error, status } = spawnSync(program, args, { stdio: 'ignore' });
  if (error ?? status !== 0) throw error ?? new Error(`${argv.join(' ')} ended with ${status}`);
  return performance.now() - began;
}

async function execIn(
  kube: Kube,
  place: { namespace: string; pod: string; container: string },
): Promise<number> {
  const began = performance.now();
  await using stream = await openExec(kube, { ...place, command: ['true'], stdin: false });
  stream.stdout.resume();
  stream.stderr.resume();
  const code = await stream.exit;
  if (code !== 0) throw new Error(`true ended with ${code}`);
  return performance.now() - began;
}
