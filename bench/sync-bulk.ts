import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import type { TreeShape } from './agent.js';
import { type Measurement, median } from './figures.js';
import { markedContent, watchMarkedFiles } from './marked-file.js';
import { plainCommand } from './peers/plain.js';
import { startService } from './service.js';
import { type Ground, makeTemporary, type Site } from './site.js';
import type { SyncSubject, SyncTarget } from './subject.js';
import { initialTarget, targets } from './targets.js';

const FILES = 10_000;
const FOLDERS = 100;
const BURST_EVERY = 10;
const KIB = 1024;
const BIG = 100 * KIB * KIB;
/** Near the end, so that who writes in place is nearly through when it is there. */
const EDIT_AT = BIG - KIB;
const WITHIN_MS = 120_000;
/** A tool that compares whole seconds shall not miss the next change: that is not what is measured. */
const NEXT_SECOND_MS = 1100;

const CASES = ['initial', 'restart', 'proven', 'burstUp', 'burstDown', 'big', 'edited'] as const;
type Case = (typeof CASES)[number];
type Samples = Record<Case, number[]>;

interface Lane {
  readonly subject: SyncSubject;
  readonly samples: Samples;
}

/** Many files and a big one. Every round starts from empty folders; the subjects take turns. */
export async function measureBulk(
  grounds: readonly Ground[],
  rounds: number,
  say: (text: string) => void,
): Promise<Measurement[]> {
  const measured = grounds.map(({ site, subjects }) => ({
    site,
    lanes: subjects.map((subject): Lane => ({ subject, samples: noSamples() })),
    tar: [] as number[],
    cat: [] as number[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { cat, lanes, site, tar } of measured) {
      for (const [index, { samples, subject }] of lanes.entries()) {
        if (round >= Math.min(rounds, subject.rounds ?? rounds)) continue;
        const name = `bulk-${round}-${index}`;
        await inFolders(site, name, async (target) => {
          const found = await runRound(site, subject, target);
          for (const name of CASES) samples[name].push(found[name]);
          const figures = CASES.map((name) => `${name} ${found[name].toFixed(0)}`);
          say(`${site.name}, ${subject.name}: ${figures.join(', ')} ms`);
        });
      }
      await inFolders(site, `plain-${round}`, (target) => runPlain(site, target, tar, cat));
    }
  }
  return measured.flatMap(({ cat, lanes, site, tar }) => tables(site, lanes, tar, cat));
}

function noSamples(): Samples {
  return Object.fromEntries(CASES.map((name) => [name, [] as number[]])) as Samples;
}

async function inFolders(
  site: Site,
  name: string,
  work: (target: SyncTarget) => Promise<void>,
): Promise<void> {
  const local = makeTemporary('sync');
  try {
    const remote = join(site.remoteBase, name);
    await site.there.ask({ act: 'mkdir', dir: remote });
    await work({ local, remote, place: site.place });
  } finally {
    for (const path of [local, `${local}.big`]) rmSync(path, { recursive: true, force: true });
  }
}

async function runRound(site: Site, subject: SyncSubject, target: SyncTarget): Promise<Record<Case, number>> {
  const { here, there } = site;
  const { local, remote } = target;
  const tree = (dir: string, bytes: number, every = 1): TreeShape => ({
    dir,
    folders: FOLDERS,
    files: FILES,
    bytes,
    every,
  });
  await here.ask({ act: 'writeTree', ...tree(local, KIB) }, WITHIN_MS);
  await here.ask({ act: 'mkdir', dir: join(local, 'big') });

  let initial: number;
  {
    await using service = startService(subject.sync(target));
    await service.ready;
    await there.ask({ act: 'awaitTree', ...tree(remote, KIB) }, WITHIN_MS);
    initial = performance.now() - service.began;
    await service.stop();
  }

  await there.ask({ act: 'watch', dir: remote });
  using arrivals = watchMarkedFiles(local);
  await using service = startService(subject.sync(target));
  const restart = await service.ready;
  await edits(site, target, arrivals);
  const proven = performance.now() - service.began;

  const timed = async (work: () => Promise<void>): Promise<number> => {
    await pause(NEXT_SECOND_MS);
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const burstUp = await timed(async () => {
    await here.ask({ act: 'writeTree', ...tree(local, KIB + 1, BURST_EVERY) });
    await there.ask({ act: 'awaitTree', ...tree(remote, KIB + 1, BURST_EVERY) }, WITHIN_MS);
  });
  const burstDown = await timed(async () => {
    await there.ask({ act: 'writeTree', ...tree(remote, KIB + 2, BURST_EVERY) });
    await here.ask({ act: 'awaitTree', ...tree(local, KIB + 2, BURST_EVERY) }, WITHIN_MS);
  });

  const big = { local: join(local, 'big', 'big.bin'), remote: join(remote, 'big', 'big.bin') };
  await here.ask({ act: 'writeBig', path: `${local}.big`, bytes: BIG, zeroAt: EDIT_AT });
  const bigUp = await timed(async () => {
    await here.ask({ act: 'move', from: `${local}.big`, to: big.local });
    await there.ask({ act: 'awaitFile', path: big.remote, bytes: BIG }, WITHIN_MS);
  });
  const at = { offset: EDIT_AT, byte: 1 };
  const edited = await timed(async () => {
    await here.ask({ act: 'edit', path: big.local, ...at });
    await there.ask({ act: 'awaitFile', path: big.remote, bytes: BIG, ...at }, WITHIN_MS);
  });
  await service.stop();
  return { initial, restart, proven, burstUp, burstDown, big: bigUp, edited };
}

/** One file written on each side at the same time; resolves when both are complete on the other. */
async function edits(
  { there }: Site,
  { local, remote }: SyncTarget,
  arrivals: { seen(token: string): Promise<void> },
) {
  const [up, down] = [`up${local}`, `down${local}`];
  writeFileSync(join(local, 'proof-here.txt'), markedContent(up, KIB));
  const content = markedContent(down, KIB);
  await Promise.all([
    there.seen(up),
    there.ask({ act: 'write', path: join(remote, 'proof-there.txt'), content }),
    arrivals.seen(down),
  ]);
}

/** The same files through `tar` and `cat` over kubectl's exec: about the least that the way through the API server takes. */
async function runPlain(site: Site, target: SyncTarget, tar: number[], cat: number[]): Promise<void> {
  if (target.place === undefined) return;
  const { local, place, remote } = target;
  await site.here.ask(
    { act: 'writeTree', dir: local, folders: FOLDERS, files: FILES, bytes: KIB },
    WITHIN_MS,
  );
  tar.push(await run(plainCommand(`tar c -C ${local} . | KUBECTL_EXEC tar x -C ${remote}`, place)));
  await site.here.ask({ act: 'writeBig', path: join(local, 'big.bin'), bytes: BIG, zeroAt: 0 });
  cat.push(await run(plainCommand(`KUBECTL_EXEC sh -c 'cat >${remote}/big.bin' <${local}/big.bin`, place)));
}

async function run([program = '', ...args]: readonly string[]): Promise<number> {
  const began = performance.now();
  await execa(program, args, { stdin: 'ignore' });
  return performance.now() - began;
}

function tables(
  site: Site,
  lanes: readonly Lane[],
  tar: readonly number[],
  cat: readonly number[],
): Measurement[] {
  const table = (key: Case, name: string, options: Partial<TableOptions> = {}): Measurement => ({
    name: `${site.name}: ${name}`,
    unit: 'ms',
    note: options.note,
    figures: [
      ...lanes.map(({ samples, subject }, index) => ({
        subject: subject.name,
        samples: samples[key],
        target: index === 0 ? options.target : undefined,
      })),
      ...(options.beside ?? []).filter(({ samples }) => samples.length > 0),
    ],
  });
  const where = site.name;
  return [
    table('initial', `initial sync of ${FILES} x 1 KiB`, {
      target: initialTarget(where, tar.length > 0 ? median(tar) : undefined),
      beside: [{ subject: 'tar c | kubectl exec -i tar x', samples: tar }],
    }),
    table('restart', 'restart with all of them equal, says ready'),
    table('proven', '… and a file written then on each side has arrived', { target: targets.restart[where] }),
    table('burstUp', `burst of ${FILES / BURST_EVERY} changed files up`, { target: targets.burst[where] }),
    table('burstDown', `burst of ${FILES / BURST_EVERY} changed files down`, {
      target: targets.burst[where],
    }),
    table('big', '100 MiB of random bytes up', {
      target: targets.bigFile[where],
      beside: [{ subject: "kubectl exec -i sh -c 'cat >…'", samples: cat }],
    }),
    table('edited', '1 byte of them edited, up', { target: targets.byteEdited[where] }),
  ];
}

interface TableOptions {
  target: Measurement['figures'][number]['target'];
  beside: { subject: string; samples: readonly number[] }[];
  note: string;
}
