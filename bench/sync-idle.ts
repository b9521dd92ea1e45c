import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Closing } from '../src/base/closing.js';
import type { Usage, UsageRequest } from './agent.js';
import type { Figure, Measurement, Unit } from './figures.js';
import { type Service, startService } from './service.js';
import { type Ground, makeTemporary, type Site } from './site.js';
import type { SyncSubject } from './subject.js';
import { targets } from './targets.js';

const FILES = 10_000;
/** Until what follows a first sync is over: saving, giving memory back. */
const SETTLE_MS = 25_000;
const WINDOW_MS = 30_000;

interface Idle {
  readonly site: Site;
  readonly subject: SyncSubject;
  /** Of the near end, the far end, or both in one. */
  readonly ends: readonly { readonly name: string; usage(): Promise<Usage> }[];
}

interface Found {
  readonly label: string;
  readonly isOurs: boolean;
  readonly isFar: boolean;
  readonly cpu: number;
  readonly waits: number;
  readonly rss: number;
  readonly peak: number;
}

/** What the processes of all subjects take while 10,000 files lie still, all in the same half minute. */
export async function measureIdle(grounds: readonly Ground[]): Promise<Measurement[]> {
  await using closing = new Closing();
  const idle: Idle[] = [];
  for (const { site, subjects } of grounds) {
    for (const [index, subject] of subjects.entries()) {
      const local = makeTemporary('sync');
      closing.defer(() => rmSync(local, { recursive: true, force: true }));
      const remote = join(site.remoteBase, `idle-${index}`);
      await site.there.ask({ act: 'mkdir', dir: remote });
      await site.here.ask({ act: 'writeTree', dir: local, folders: 100, files: FILES, bytes: 1024 });
      const before = await farPids(site, subject);
      const service = closing.use(startService(subject.sync({ local, remote, place: site.place })));
      closing.defer(() => service.stop());
      await service.ready;
      idle.push({ site, subject, ends: endsOf(site, subject, service, before) });
    }
  }
  await pause(SETTLE_MS);
  const first = await usages(idle);
  const began = performance.now();
  await pause(WINDOW_MS);
  const last = await usages(idle);
  const seconds = (performance.now() - began) / 1000;
  const found = idle.flatMap(({ ends, site, subject }, index) =>
    ends.map((end, which): Found => {
      const [a, b] = [first[index]?.[which], last[index]?.[which]];
      if (!a || !b || b.pids.length === 0) throw new Error(`${subject.name} has no process for ${end.name}`);
      return {
        label: `${site.name}: ${subject.name}, ${end.name}`,
        isOurs: grounds.some(({ subjects }) => subjects[0] === subject),
        isFar: end.name === 'far end',
        cpu: (b.cpuNs - a.cpuNs) / 1e6 / seconds,
        waits: (b.waits - a.waits) / seconds,
        rss: b.rssKiB / 1024,
        peak: b.peakKiB / 1024,
      };
    }),
  );
  return tables(found);
}

async function farPids(site: Site, { far }: SyncSubject): Promise<ReadonlySet<number>> {
  return new Set(far === undefined ? [] : (await site.there.usage({ pattern: far })).pids);
}

function endsOf(
  site: Site,
  { daemon, far }: SyncSubject,
  service: Service,
  before: ReadonlySet<number>,
): Idle['ends'] {
  if (daemon !== undefined) {
    return [{ name: 'both ends', usage: () => site.here.usage({ below: daemon }) }];
  }
  const below: UsageRequest = { below: service.pid, ...(far !== undefined && { except: far }) };
  return [
    { name: 'near end', usage: () => site.here.usage(below) },
    {
      name: 'far end',
      usage: () =>
        site.name === 'pipes'
          ? site.there.usage({ below: service.pid, pattern: far ?? '' })
          : site.there.usage({ pattern: far ?? '', without: [...before] }),
    },
  ];
}

function usages(idle: readonly Idle[]): Promise<Usage[][]> {
  return Promise.all(idle.map(({ ends }) => Promise.all(ends.map((end) => end.usage()))));
}

function tables(found: readonly Found[]): Measurement[] {
  const table = (
    name: string,
    unit: Unit,
    figure: (one: Found) => Omit<Figure, 'subject'>,
    note?: string,
  ) => ({
    name,
    unit,
    note,
    figures: found.map((one) => ({ subject: one.label, ...figure(one) })),
  });
  return [
    table('idle at 10,000 files, CPU', 'ms/s', ({ cpu, isOurs }) => ({
      samples: [cpu],
      target: isOurs ? targets.idleCpu : undefined,
    })),
    table('idle at 10,000 files, wake-ups', 'times/s', ({ isOurs, waits }) => ({
      samples: [waits],
      target: isOurs ? targets.idleWaits : undefined,
    })),
    table('resident memory at 10,000 files', 'MiB', ({ isFar, isOurs, rss }) => ({
      samples: [rss],
      target: isOurs && isFar ? targets.helperRss : undefined,
    })),
    table('its highest, after the first sync of them', 'MiB', ({ peak }) => ({ samples: [peak] })),
  ];
}
