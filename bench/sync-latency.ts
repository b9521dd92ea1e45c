import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Closing } from '../src/base/closing.js';
import type { Agent } from './agent.js';
import type { BenchPod } from './bench-pod.js';
import type { Measurement } from './figures.js';
import { markedContent, watchMarkedFiles, type MarkedFiles } from './marked-file.js';
import { startService } from './service.js';
import type { Subject } from './subject.js';

const SAMPLES = 30;
const WARM_UP = 2;
const TARGET = { limit: 100, text: '100 (wished 40)' };

/** A subject at work between two folders of its own, and its samples. */
interface Lane {
  readonly subject: Subject;
  readonly local: string;
  readonly remote: string;
  readonly arrivals: MarkedFiles;
  readonly up: number[];
  readonly down: number[];
}

/** Time until one small edited file is complete on the other side, in both directions. */
export async function measureLatency(
  subjects: readonly Subject[],
  { agent, place }: BenchPod,
): Promise<Measurement[]> {
  await using closing = new Closing();
  const lanes: Lane[] = [];
  for (const [index, subject] of subjects.entries()) {
    const local = realpathSync(mkdtempSync(join(tmpdir(), 'devspace-bench-sync-')));
    closing.defer(() => rmSync(local, { recursive: true, force: true }));
    const remote = `/bench/latency-${index}`;
    await agent.ask({ act: 'mkdir', dir: remote });
    writeFileSync(join(local, 'edited-here.txt'), 'first\n');
    const service = closing.use(startService(subject.sync({ ...place, local, remote })));
    await service.ready;
    closing.defer(() => service.stop());
    await agent.ask({ act: 'watch', dir: remote });
    const arrivals = watchMarkedFiles(local);
    closing.defer(() => arrivals[Symbol.dispose]());
    lanes.push({ subject, local, remote, arrivals, up: [], down: [] });
  }
  const roundTrips: number[] = [];
  for (let round = 0; round < WARM_UP + SAMPLES; round += 1) {
    for (const lane of lanes) {
      const roundTrip = await timed(() => agent.ask({ act: 'ping' }));
      const up = await upload(lane, agent, round);
      await breathe();
      const down = await download(lane, agent, round);
      await breathe();
      if (round < WARM_UP) continue;
      roundTrips.push(roundTrip);
      lane.up.push(up);
      lane.down.push(down);
    }
  }
  const reference = { subject: 'exec round trip', samples: roundTrips };
  return [
    {
      name: 'one file up',
      unit: 'ms',
      figures: [...figures(lanes, ({ up }) => up), reference],
      note: 'from writing 1 KiB here until a watcher in the container has told over its own exec that it read the whole file',
    },
    {
      name: 'one file down',
      unit: 'ms',
      figures: [...figures(lanes, ({ down }) => down), reference],
      note: 'from telling a program in the container over its own exec to write 1 KiB until a watcher here has read the whole file',
    },
  ];
}

function figures(lanes: readonly Lane[], pick: (lane: Lane) => readonly number[]) {
  return lanes.map((lane, index) => ({
    subject: lane.subject.name,
    samples: pick(lane),
    target: index === 0 ? TARGET : undefined,
  }));
}

/** The size changes with each round: a peer that compares sizes and whole seconds only would miss the edit. */
async function upload({ local, remote }: Lane, agent: Agent, round: number): Promise<number> {
  const token = `up${remote}-${round}`;
  return timed(async () => {
    writeFileSync(join(local, 'edited-here.txt'), markedContent(token, 1024 + round));
    await agent.seen(token);
  });
}

async function download({ arrivals, remote }: Lane, agent: Agent, round: number): Promise<number> {
  const token = `down${remote}-${round}`;
  const content = markedContent(token, 1024 + round);
  return timed(async () => {
    const asked = agent.ask({ act: 'write', path: `${remote}/edited-there.txt`, content });
    await Promise.all([asked, arrivals.seen(token)]);
  });
}

async function timed(action: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

/** An uneven pause, so that no sample falls into step with a subject that polls. */
function breathe(): Promise<void> {
  return pause(50 + Math.random() * 200);
}
