import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Closing } from '../src/base/closing.js';
import type { Measurement } from './figures.js';
import { markedContent, watchMarkedFiles, type MarkedFiles } from './marked-file.js';
import { startService } from './service.js';
import { type Ground, makeTemporary } from './site.js';
import type { SyncSubject } from './subject.js';
import { targets } from './targets.js';

const SAMPLES = 25;
const WARM_UP = 2;

/** A subject at work between two folders of its own, and its samples. */
interface Lane {
  readonly ground: Ground;
  readonly subject: SyncSubject;
  readonly local: string;
  readonly remote: string;
  readonly arrivals: MarkedFiles;
  readonly up: number[];
  readonly down: number[];
}

/** Time until one small edited file is complete on the other side, in both directions. All subjects run at once and take turns. */
export async function measureLatency(grounds: readonly Ground[]): Promise<Measurement[]> {
  await using closing = new Closing();
  const lanes: Lane[] = [];
  for (const ground of grounds) {
    for (const subject of ground.subjects) lanes.push(await startLane(ground, subject, closing));
  }
  const roundTrips: number[] = [];
  const cluster = grounds.find(({ site }) => site.name === 'cluster')?.site;
  for (let round = 0; round < WARM_UP + SAMPLES; round += 1) {
    if (cluster && round >= WARM_UP) roundTrips.push(await timed(() => cluster.there.ask({ act: 'ping' })));
    for (const lane of lanes) {
      const up = await upload(lane, round);
      await breathe();
      const down = await download(lane, round);
      await breathe();
      if (round < WARM_UP) continue;
      lane.up.push(up);
      lane.down.push(down);
    }
  }
  return (['up', 'down'] as const).flatMap((way) =>
    grounds.map((ground) => ({
      name: `${ground.site.name}: one file ${way}`,
      unit: 'ms' as const,
      figures: [
        ...lanes
          .filter((lane) => lane.ground === ground)
          .map((lane, index) => ({
            subject: lane.subject.name,
            samples: lane[way],
            target: index === 0 ? targets.oneFile[ground.site.name] : undefined,
          })),
        ...(ground.site === cluster ? [{ subject: 'exec round trip', samples: roundTrips }] : []),
      ],
    })),
  );
}

async function startLane(ground: Ground, subject: SyncSubject, closing: Closing): Promise<Lane> {
  const { place, remoteBase, there } = ground.site;
  const local = makeTemporary('sync');
  closing.defer(() => rmSync(local, { recursive: true, force: true }));
  const remote = join(remoteBase, `latency-${ground.subjects.indexOf(subject)}`);
  await there.ask({ act: 'mkdir', dir: remote });
  writeFileSync(join(local, 'edited-here.txt'), 'first\n');
  const service = closing.use(startService(subject.sync({ place, local, remote })));
  await service.ready;
  closing.defer(() => service.stop());
  await there.ask({ act: 'watch', dir: remote });
  const arrivals = watchMarkedFiles(local);
  closing.defer(() => arrivals[Symbol.dispose]());
  return { ground, subject, local, remote, arrivals, up: [], down: [] };
}

/** The size changes with each round: a peer that compares sizes and whole seconds only would miss the edit. */
async function upload({ ground, local, remote }: Lane, round: number): Promise<number> {
  const token = `up${remote}-${round}`;
  return timed(async () => {
    writeFileSync(join(local, 'edited-here.txt'), markedContent(token, 1024 + round));
    await ground.site.there.seen(token);
  });
}

async function download({ arrivals, ground, remote }: Lane, round: number): Promise<number> {
  const token = `down${remote}-${round}`;
  const content = markedContent(token, 1024 + round);
  return timed(async () => {
    const path = join(remote, 'edited-there.txt');
    const asked = ground.site.there.ask({ act: 'write', path, content });
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
