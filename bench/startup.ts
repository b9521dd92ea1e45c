import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, Measurement } from './figures.js';
import { largeConfig } from './large-config.js';
import type { Call, Subject } from './subject.js';

const RUNS = 40;
const RSS_RUNS = 5;
const OVER_FLOOR = 'difference to `node -e 0` in the same round, so that other work on the machine hits both';

interface Case {
  readonly subject: string;
  readonly call: Call;
  /** Milliseconds that it may take longer than the floor. */
  readonly budget?: number | undefined;
}

/** Wall time and memory of calls that do nothing, interleaved with `node -e 0`: what Node itself costs. */
export async function measureStartup(subjects: readonly Subject[]): Promise<Measurement[]> {
  const empty = mkdtempSync(join(tmpdir(), 'devspace-bench-empty-'));
  try {
    const cases = casesOf(subjects, empty);
    const wall = cases.map(({ call }) => (run(call), [] as number[]));
    for (let round = 0; round < RUNS; round += 1) {
      for (const [index, { call }] of cases.entries()) wall[index]?.push(run(call));
    }
    const memory: Figure[] = [];
    for (const { call, subject } of process.platform === 'linux' ? cases : []) {
      memory.push({ subject, samples: await repeat(RSS_RUNS, () => peakRss(call)) });
    }
    const figures = cases.map(({ subject }, index) => ({ subject, samples: wall[index] ?? [] }));
    const measurements: Measurement[] = [
      { name: 'start-up, wall', unit: 'ms', figures },
      { name: 'start-up over the floor', unit: 'ms', figures: overFloor(cases, wall), note: OVER_FLOOR },
    ];
    if (memory.length > 0) measurements.push({ name: 'start-up, peak RSS', unit: 'MiB', figures: memory });
    return measurements;
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}

/** What each case took more than the floor in its own round: other work on the machine hits both. */
function overFloor(cases: readonly Case[], wall: readonly number[][]): Figure[] {
  return cases.flatMap(({ budget, subject }, index) => {
    if (budget === undefined) return [];
    const samples = (wall[index] ?? []).map((ms, round) => ms - (wall[0]?.[round] ?? 0));
    return [{ subject, samples, target: { limit: budget, text: String(budget) } }];
  });
}

function casesOf([own, ...peers]: readonly Subject[], empty: string): Case[] {
  const startups = (subject: Subject, budgets: Partial<Record<string, number>>): Case[] =>
    Object.entries(subject.startups).map(([name, call]) => ({
      subject: `${subject.name} ${name}`,
      call,
      budget: budgets[name],
    }));
  const cases: Case[] = [{ subject: 'node -e 0 (floor)', call: { argv: [process.execPath, '-e', '0'] } }];
  if (own) {
    cases.push(...startups(own, { '--help': 15 }));
    // Everything that `dev` needs is loaded before it says that there is no devspace.yaml here.
    const project = { dir: empty, namespace: 'default', repository: '', port: 0 };
    cases.push({ subject: `${own.name} dev, no project`, call: own.dev(project), budget: 80 });
    // As in a fresh container: there is no code of an earlier run, and none can be kept.
    const first = { ...own.dev(project), env: { XDG_CACHE_HOME: '/dev/null/none' } };
    cases.push({ subject: `${own.name} dev, no project, first time`, call: first });
    cases.push({ subject: `${own.name}, 2,000 lines of config`, call: loadLarge(own, empty), budget: 60 });
  }
  return [...cases, ...peers.flatMap((peer) => startups(peer, {}))];
}

/** What loads a config, with ten profiles and fifty variables, and does little else. */
function loadLarge({ startups }: Subject, folder: string): Call {
  const cwd = join(folder, 'large');
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'devspace.yaml'), largeConfig());
  const program = startups['--version']?.argv.slice(0, -1) ?? [];
  return { argv: [...program, 'print', '-p', 'profile-9'], cwd };
}

function run({ argv, cwd, env }: Call): number {
  const [program = '', ...args] = argv;
  const began = performance.now();
  const { error } = spawnSync(program, args, { stdio: 'ignore', cwd, env: { ...process.env, ...env } });
  if (error) throw error;
  return performance.now() - began;
}

/** Highest resident memory in MiB. The kernel counts it; what a process adds in its last millisecond may be missed. */
async function peakRss({ argv, cwd, env }: Call): Promise<number> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: 'ignore', cwd, env: { ...process.env, ...env } });
  const ended = new Promise<void>((resolve, reject) => child.on('exit', () => resolve()).on('error', reject));
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid));
  }, 1);
  await ended.finally(() => clearInterval(timer));
  return peak;
}

function highWater(pid: number | undefined): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function repeat<T>(times: number, action: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < times; round += 1) results.push(await action());
  return results;
}
