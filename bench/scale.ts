import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure, Measurement, Unit } from './figures.js';
import { startService } from './service.js';
import { makeTemporary, type Site } from './site.js';
import type { SyncSubject } from './subject.js';

const BYTES = 64;
const PER_FOLDER = 100;
const WITHIN_MS = 1_800_000;
const MEMORY = { limit: 400, text: '400' };

interface Found {
  readonly subject: string;
  readonly initial: number;
  readonly scan: number;
  readonly restart: number;
  readonly near: number;
  readonly far: number;
}

/** Very many files over pipes, once each: first sync, then a restart with all of them equal. Needs some 5 KiB of disk and an inode per file and side. */
export async function measureScale(
  site: Site,
  subject: SyncSubject,
  sizes: readonly number[],
  say: (text: string) => void,
): Promise<Measurement[]> {
  const found: Found[] = [];
  for (const files of sizes) {
    const why = lacksRoom(site.remoteBase, files);
    if (why === undefined) found.push(await measureOne(site, subject, files));
    else say(`scale: ${files} files are left out: ${why}`);
  }
  const table = (name: string, unit: Unit, figures: (one: Found) => Figure[]) => ({
    name,
    unit,
    figures: found.flatMap(figures),
  });
  return [
    table('scale: first sync into an empty folder', 'ms', ({ initial, subject }) => [
      { subject, samples: [initial] },
    ]),
    table('scale: restart, both sides listed', 'ms', ({ scan, subject }) => [{ subject, samples: [scan] }]),
    table('scale: restart, equal', 'ms', ({ restart, subject }) => [{ subject, samples: [restart] }]),
    table('scale: highest resident memory', 'MiB', ({ far, near, subject }) => [
      { subject: `${subject}, near end`, samples: [near], target: MEMORY },
      { subject: `${subject}, far end`, samples: [far], target: MEMORY },
    ]),
  ];
}

async function measureOne(site: Site, subject: SyncSubject, files: number): Promise<Found> {
  const local = makeTemporary('scale');
  const remote = join(site.remoteBase, `scale-${files}`);
  try {
    await site.there.ask({ act: 'mkdir', dir: remote });
    const shape = { folders: files / PER_FOLDER, files, bytes: BYTES };
    await site.here.ask({ act: 'writeTree', dir: local, ...shape }, WITHIN_MS);
    const run = async (): Promise<{ ready: number; scan: number; near: number; far: number }> => {
      await using service = startService({ ...subject.sync({ local, remote }), readyWithinMs: WITHIN_MS });
      const scanned = service.line((line) => line.startsWith('{"scanned"'));
      const ready = await service.ready;
      const { scanned: scan } = JSON.parse(await scanned) as { scanned: number };
      await site.there.ask({ act: 'awaitTree', dir: remote, ...shape }, WITHIN_MS);
      const far = subject.far ?? '';
      const [nearEnd, farEnd] = await Promise.all([
        site.here.usage({ below: service.pid, except: far }),
        site.here.usage({ below: service.pid, pattern: far }),
      ]);
      await service.stop();
      return { ready, scan, near: nearEnd.peakKiB / 1024, far: farEnd.peakKiB / 1024 };
    };
    const first = await run();
    const second = await run();
    return {
      subject: `${subject.name}, ${files.toLocaleString('en-US')} files`,
      initial: first.ready,
      scan: second.scan,
      restart: second.ready,
      near: Math.max(first.near, second.near),
      far: Math.max(first.far, second.far),
    };
  } finally {
    for (const dir of [local, remote]) rmSync(dir, { recursive: true, force: true });
  }
}

/** Why that many files do not fit twice, with room to spare for others. */
function lacksRoom(dir: string, files: number): string | undefined {
  const { bavail, bsize, ffree } = statfsSync(dir);
  const bytes = files * 2 * 5 * 1024;
  if (bavail * bsize < 2 * bytes) return `they need ${2 * bytes} bytes of free disk`;
  return ffree < 4 * files ? `they need ${4 * files} free inodes` : undefined;
}
