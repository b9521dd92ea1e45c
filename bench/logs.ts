import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { makeNamespace, type Namespace } from '../test/rig/cluster.js';
import { pushedBusybox } from '../test/rig/images.js';
import { startPod } from '../test/rig/pod.js';
import type { Figure, Measurement } from './figures.js';
import type { Call, Subject } from './subject.js';

const LINES = 2_000_000;
/** With its number and its end a line has 100 bytes: 200 MB in all. */
const TEXT = 89;
const LINE = 9 + 1 + TEXT;
/** A stream that the node has forgotten never ends. */
const END_WITHIN_MS = 240_000;

interface Reading {
  ms: number;
  rss: number;
  /** Processor time of the reader. */
  cpuMs: number;
  lines: number;
  missing: number;
  repeated: number;
  /** Not as they were printed: joined with another, or cut. */
  damaged: number;
  told: number;
}

/**
 * A container prints 2,000,000 numbered lines as fast as it can, in one life or in two, while the log is followed to a pipe that is read at once.
 * Counted is what is missing: nodes rotate a log about every ten seconds and give only the newest file, so that on a slow machine each reader
 * misses some, unless it holds open what the node takes away.
 */
export async function measureLogs(subjects: readonly Subject[], rounds: number): Promise<Measurement[]> {
  await using namespace = await makeNamespace();
  const image = await pushedBusybox();
  const readers = [
    ...subjects.flatMap(({ logs, name }) => (logs ? [{ name, call: logs, readings: [] as Reading[] }] : [])),
    { name: 'kubectl', call: kubectlLogs, readings: [] as Reading[] },
  ];
  const restarts: Reading[] = [];
  const read = async (call: (pod: string, namespace: string) => Call, lives: number): Promise<Reading> => {
    const name = `burst-${randomBytes(4).toString('hex')}`;
    await startBurst(namespace, name, image, lives);
    try {
      return await follow(call(name, namespace.name), namespace, name);
    } finally {
      await namespace.kubectl(['delete', 'pod', name, '--grace-period=0', '--force']);
    }
  };
  for (let round = 0; round < rounds; round += 1)
    for (const { call, readings } of readers) readings.push(await read(call, 1));
  const [own] = readers;
  if (own) restarts.push(await read(own.call, 2));

  const figures = (pick: (reading: Reading) => number): Figure[] =>
    readers.map(({ name, readings }) => ({ subject: name, samples: readings.map(pick) }));
  /** With the highest figure of kubectl as the target of ours. */
  const beside = (pick: (reading: Reading) => number): Figure[] => {
    const [ours, ...others] = figures(pick);
    const limit = Math.max(...(others.at(-1)?.samples ?? []));
    const text = `${limit.toFixed(limit < 100 ? 1 : 0)} (1 x kubectl)`;
    return ours ? [{ ...ours, target: { limit, text } }, ...others] : [];
  };
  const [ownRss, ...otherRss] = figures(({ rss }) => rss);
  return [
    {
      name: 'logs, 200 MB burst, first line to last',
      unit: 'ms',
      figures: figures(({ ms }) => ms),
      note: 'what is missing takes no time: compare with the lines that are missing, and with the next',
    },
    {
      name: 'logs, 200 MB burst, 1,000 lines that were printed',
      unit: 'ms',
      figures: beside(({ lines, ms }) => (ms * 1000) / lines),
    },
    {
      name: 'logs, 200 MB burst, processor time of the reader for 100,000 lines',
      unit: 'ms',
      figures: beside(({ cpuMs, lines }) => (cpuMs * 100_000) / lines),
    },
    {
      name: 'logs, 200 MB burst, peak RSS',
      unit: 'MiB',
      figures: ownRss ? [{ ...ownRss, target: { limit: 120, text: '120' } }, ...otherRss] : [],
    },
    { name: 'logs, missing of 2,000,000 lines', unit: 'lines', figures: figures(({ missing }) => missing) },
    { name: 'logs, times told that lines are missing', unit: 'lines', figures: figures(({ told }) => told) },
    { name: 'logs, lines repeated', unit: 'lines', figures: figures(({ repeated }) => repeated) },
    { name: 'logs, lines damaged', unit: 'lines', figures: figures(({ damaged }) => damaged) },
    {
      name: 'logs, 2,000,000 lines across a restart: missing',
      unit: 'lines',
      figures: [
        { subject: 'devspace', samples: restarts.map(({ missing }) => missing) },
        { subject: 'devspace, told', samples: restarts.map(({ told }) => told) },
        { subject: 'devspace, repeated', samples: restarts.map(({ repeated }) => repeated) },
        { subject: 'devspace, damaged', samples: restarts.map(({ damaged }) => damaged) },
      ],
    },
  ];
}

const kubectlLogs = (pod: string, namespace: string): Call => ({
  argv: ['kubectl', '--namespace', namespace, 'logs', '--follow', pod],
});

/** Prints nothing before it is told to, so that everybody follows from the first line. */
function startBurst(namespace: Namespace, name: string, image: string, lives: number): Promise<void> {
  const print = `awk -v life=$life 'BEGIN { text = sprintf("%${TEXT}s", ""); gsub(/ /, "x", text); n = ${LINES / lives}
    for (i = (life - 1) * n + 1; i <= life * n; i++) printf "%09d %s\\n", i, text }'`;
  const script = `life=$(cat /data/life 2>/dev/null || echo 1); echo $((life + 1)) > /data/life
while [ ! -e /data/go ]; do sleep 0.1; done
${print}
# More than once: what is printed last may be missing, too.
[ $life = ${lives} ] && while true; do echo end; sleep 1; done
exit 1`;
  return startPod(namespace, {
    name,
    image,
    command: ['sh', '-c', script],
    container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    spec: { volumes: [{ name: 'data', emptyDir: {} }] },
  });
}

async function follow({ argv, cwd, env }: Call, namespace: Namespace, pod: string): Promise<Reading> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: { ...process.env, ...env },
  });
  const reading: Reading = {
    ms: 0,
    rss: 0,
    cpuMs: 0,
    lines: 0,
    missing: 0,
    repeated: 0,
    damaged: 0,
    told: 0,
  };
  child.stderr.on('data', (text: Buffer) => {
    reading.told += text.toString().split('LOGS_INCOMPLETE').length - 1;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  let began = 0;
  let last = 0;
  let rest = '';
  try {
    // It has connected, or will begin at the beginning: all lines are to be read.
    await namespace.kubectl(['exec', pod, '--', 'touch', '/data/go']);
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const number = Number(line.slice(0, 9));
        if (line === 'end') continue;
        began ||= performance.now();
        reading.lines += 1;
        if (line.length !== LINE || Number.isNaN(number)) reading.damaged += 1;
        if (Number.isNaN(number)) continue;
        if (number <= last) reading.repeated += 1;
        else reading.missing += number - last - 1;
        last = Math.max(last, number);
      }
      if (lines.length > 0 && !lines.includes('end')) reading.ms = performance.now() - began;
      reading.rss = peakRss(child.pid) ?? reading.rss;
      if (!lines.includes('end')) reading.cpuMs = processorMs(child.pid) ?? reading.cpuMs;
      if (lines.includes('end')) break;
    }
    if (last === 0) throw new Error(`${argv.join(' ')} printed nothing`);
    reading.missing += LINES - last;
    return reading;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

/** In MiB; undefined when the process has ended. */
function peakRss(pid: number | undefined): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

/** User and system time; undefined when the process has ended. */
function processorMs(pid: number | undefined): number | undefined {
  try {
    // After the name, which may hold anything: the 14th and 15th field, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}
