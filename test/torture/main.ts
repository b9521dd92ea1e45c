// `npm run torture -- --seed N --ops N --faults N [--cluster] [--seeds FROM-TO] [--jobs N]`: model.ts says what is checked. `--log FILE` keeps what each sync said, in FILE.<seed>.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pipesWorld } from './pipes-world.js';
import { runSeed, type Verdict } from './run-seed.js';
import { clusterEnv } from '../cluster/index.js';
import { Closing } from '../../src/base/closing.js';
import type { Worlds } from './cluster-world.js';
import type { World } from './world.js';
import { builtHelper } from './built-helper.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    ops: { type: 'string', default: '10000' },
    faults: { type: 'string', default: '100' },
    jobs: { type: 'string', default: '1' },
    cluster: { type: 'boolean', default: false },
    log: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const [from = 1, to = from] = (values.seeds ?? values.seed).split('-').map(Number);
const plan = { ops: Number(values.ops), faults: Number(values.faults) };
const closing = new Closing();
const worlds = await chooseWorlds();
const waiting = Array.from({ length: to - from + 1 }, (_, at) => from + at);
const failed: number[] = [];
const open = new Set<World>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

async function chooseWorlds(): Promise<Pick<Worlds, 'open'>> {
  if (!values.cluster) {
    const helperDir = builtHelper();
    return { open: () => pipesWorld(helperDir) };
  }
  if (process.env.KUBECONFIG === undefined) Object.assign(process.env, clusterEnv());
  const { clusterWorlds } = await import('./cluster-world.js');
  return closing.use(await clusterWorlds());
}

/** Leaves nothing behind: neither mounts nor namespaces. */
async function stop(): Promise<void> {
  await Promise.allSettled([...open].map((world) => world[Symbol.asyncDispose]()));
  await closing[Symbol.asyncDispose]();
  process.exit(130);
}

async function one(seed: number): Promise<void> {
  const say = (line: string) => process.stdout.write(`seed ${seed}: ${line}\n`);
  let verdict: Verdict | undefined;
  let wrong: string[];
  try {
    await using world = await worlds.open();
    open.add(world);
    try {
      verdict = await runSeed(world, { seed, ...plan }, values.verbose ? say : () => {});
      wrong = verdict.wrong;
    } finally {
      open.delete(world);
      if (values.log) writeFileSync(`${values.log}.${seed}`, world.sync.log.join('\n'));
    }
  } catch (error) {
    wrong = [String((error as Error).stack)];
  }
  if (verdict) {
    const list = (counts: Record<string, number>) =>
      Object.entries(counts)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ');
    say(
      `${verdict.ops} operations in ${(verdict.ms / 1000).toFixed(0)} s; faults: ${list(verdict.faults)}; warnings: ${list(verdict.warnings)}`,
    );
  }
  for (const text of wrong) say(text);
  if (wrong.length > 0) {
    failed.push(seed);
    const where = values.cluster ? ' --cluster' : '';
    say(`FAILED; again: npm run torture -- --seed ${seed} --ops ${plan.ops} --faults ${plan.faults}${where}`);
  } else say('passed');
}

async function work(): Promise<void> {
  for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) await one(seed);
}

await Promise.all(Array.from({ length: Number(values.jobs) }, work));
await closing[Symbol.asyncDispose]();
process.stdout.write(
  failed.length === 0 ? 'all passed\n' : `failed: ${failed.toSorted((a, b) => a - b).join(', ')}\n`,
);
// Everything is closed, yet Node 20 may spin for ever while it takes the loader of TypeScript down at a normal end.
process.exit(failed.length === 0 ? 0 : 1);
