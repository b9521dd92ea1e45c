import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from './agent.js';
import type { BenchPod } from './bench-pod.js';
import type { Measurement } from './figures.js';
import { startService } from './service.js';
import type { Subject, SyncTarget } from './subject.js';

const ROUNDS = 3;
const FILES = 1000;
const FOLDERS = 10;
const KIB = 1024;
const BIG = 100 * KIB * KIB;
const WITHIN_MS = 120_000;

const CASES = {
  initial: `initial sync of ${FILES} x 1 KiB`,
  restart: 'restart with all of them equal',
  burst: `burst of ${FILES} changed files up`,
  big: '100 MiB of random bytes up',
} as const;
type Case = keyof typeof CASES;

const NOTES: Partial<Record<Case, string>> = {
  initial: 'from the start of the process until it says so and all files are in the container',
  big: 'one file, moved into the folder',
};

/** Many files and big ones. Every round starts from empty folders; the subjects take turns. */
export async function measureBulk(
  subjects: readonly Subject[],
  { agent, place }: BenchPod,
): Promise<Measurement[]> {
  const samples = subjects.map((): Record<Case, number[]> => ({
    initial: [],
    restart: [],
    burst: [],
    big: [],
  }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const remote = `/bench/bulk-${index}-${round}`;
      await agent.ask({ act: 'mkdir', dir: remote });
      const local = realpathSync(mkdtempSync(join(tmpdir(), 'devspace-bench-bulk-')));
      try {
        const found = await runRound(subject, { ...place, local, remote }, agent);
        for (const [name, value] of Object.entries(found)) samples[index]?.[name as Case].push(value);
      } finally {
        rmSync(local, { recursive: true, force: true });
      }
    }
  }
  return Object.entries(CASES).map(([key, name]) => ({
    name,
    unit: 'ms',
    figures: subjects.map((subject, index) => ({
      subject: subject.name,
      samples: samples[index]?.[key as Case] ?? [],
    })),
    note: NOTES[key as Case],
  }));
}

async function runRound(subject: Subject, target: SyncTarget, agent: Agent): Promise<Record<Case, number>> {
  const { local, remote } = target;
  const arrived = (count: number, bytes: number, dir = remote) =>
    agent.ask({ act: 'awaitTree', dir, count, bytes }, WITHIN_MS);
  writeTree(local, KIB);
  mkdirSync(join(local, 'big'));

  let initial: number;
  {
    await using service = startService(subject.sync(target));
    await service.ready;
    await arrived(FILES, FILES * KIB);
    initial = performance.now() - service.began;
    await service.stop();
  }

  await using service = startService(subject.sync(target));
  const restart = await service.ready;

  const beforeBurst = performance.now();
  writeTree(local, KIB + 1);
  await arrived(FILES, FILES * (KIB + 1));
  const burst = performance.now() - beforeBurst;

  // Beside the folder, so on the same file system: the move is one step.
  const outside = `${local}.big`;
  writeFileSync(outside, randomBytes(BIG));
  const beforeBig = performance.now();
  renameSync(outside, join(local, 'big', 'big.bin'));
  await arrived(1, BIG, `${remote}/big`);
  const big = performance.now() - beforeBig;
  await service.stop();
  return { initial, restart, burst, big };
}

function writeTree(dir: string, bytes: number): void {
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    mkdirSync(join(dir, `folder-${folder}`), { recursive: true });
    for (let file = 0; file < FILES / FOLDERS; file += 1) {
      writeFileSync(join(dir, `folder-${folder}`, `file-${file}.bin`), randomBytes(bytes));
    }
  }
}
