import { setTimeout as pause } from 'node:timers/promises';
import { Model } from './model.js';
import { between, pickWeighted, random, type Random } from './random.js';
import type { Side } from './records.js';
import { settle } from './settle.js';
import type { Fault, World } from './world.js';

export interface Plan {
  seed: number;
  ops: number;
  faults: number;
}

export interface Verdict {
  /** What was wrong; nothing, when all went well. */
  wrong: string[];
  /** Fault → how often it happened. */
  faults: Record<string, number>;
  ops: number;
  ms: number;
  /** Codes of warnings → how often. */
  warnings: Record<string, number>;
}

/** So many operations lie between two moments at which everything is looked at. */
const roundOps = 1000;
const anchorFiles = 300;

/** Lets both users work while things go wrong, and now and then lets all come to rest and looks what has become of it. */
export async function runSeed(world: World, plan: Plan, note: (line: string) => void): Promise<Verdict> {
  const run = new Run(world, plan, note);
  return run.all();
}

class Run {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #note: (line: string) => void;
  readonly #model = new Model();
  readonly #next: Random;
  readonly #happened: Record<string, number> = {};
  /** The user of the remote side works only while this is settled. */
  #remoteGate: Promise<void> = Promise.resolve();
  #remoteBatch: Promise<void> = Promise.resolve();
  /** One part has failed: the others end. */
  #over = false;
  #ops = 0;
  #faults = 0;

  constructor(world: World, plan: Plan, note: (line: string) => void) {
    this.#world = world;
    this.#plan = plan;
    this.#note = note;
    this.#next = random(plan.seed);
  }

  async all(): Promise<Verdict> {
    const began = performance.now();
    const { sync } = this.#world;
    this.#model.did('local', await this.#world.agent('local').ask('anchor', { count: anchorFiles }));
    sync.start();
    await sync.ready();
    const rounds = Math.max(1, Math.round(this.#plan.ops / roundOps));
    const wrong: string[] = [];
    for (let round = 1; round <= rounds && wrong.length === 0; round++) {
      await this.#round(round, round / rounds);
      wrong.push(...(await settle(this.#world, this.#model)));
      wrong.push(...sync.ends.map((end) => `the sync ended by itself: ${end}`));
      this.#note(`round ${round} of ${rounds}: ${this.#ops} operations, ${this.#faults} faults`);
    }
    return {
      wrong,
      faults: this.#happened,
      ops: this.#ops,
      ms: Math.round(performance.now() - began),
      warnings: Object.fromEntries(sync.warnings),
    };
  }

  async #round(round: number, share: number): Promise<void> {
    const ops = Math.round(this.#plan.ops * share);
    const faults = Math.round(this.#plan.faults * share);
    const parts = [
      this.#work('local', `L${this.#plan.seed}.${round}`, ops, faults),
      this.#work('remote', `R${this.#plan.seed}.${round}`, ops, faults),
      this.#break(ops, faults),
    ];
    try {
      await Promise.all(parts);
    } finally {
      this.#over = true;
      await Promise.allSettled(parts);
      this.#over = false;
    }
  }

  /** Batch after batch, in step with the faults. */
  async #work(side: Side, label: string, ops: number, faults: number): Promise<void> {
    const next = random(between(this.#next, 1, 1e9));
    for (let batch = 0; this.#ops < ops && !this.#over; batch++) {
      while (this.#isAhead(faults) && !this.#over) await pause(20);
      if (side === 'remote') await this.#passGate();
      const order = {
        ops: Math.min(between(next, 5, 60), ops - this.#ops),
        seed: between(next, 1, 1e9),
        label: `${label}.${batch}`,
      };
      if (order.ops <= 0) return;
      this.#ops += order.ops;
      const done = this.#world
        .agent(side)
        .ask('batch', order)
        .then(({ deeds, seen }) => {
          this.#model.did(side, deeds);
          this.#model.saw(side, seen);
        });
      if (side === 'remote') this.#remoteBatch = done;
      await done;
    }
  }

  async #passGate(): Promise<void> {
    for (let gate: Promise<void> | undefined; gate !== this.#remoteGate;) await (gate = this.#remoteGate);
  }

  /** Whether the faults due by now have yet to happen. */
  #isAhead(faults: number): boolean {
    return this.#faults < faults && this.#ops / this.#plan.ops > (this.#faults + 1.5) / this.#plan.faults;
  }

  async #break(ops: number, faults: number): Promise<void> {
    while (this.#faults < faults && !this.#over) {
      while (
        !this.#over &&
        this.#ops < ops &&
        (this.#faults / this.#plan.faults) * this.#plan.ops > this.#ops
      )
        await pause(20);
      const fault = this.#choose();
      let open: () => void = () => {};
      if (fault.alone) {
        this.#remoteGate = new Promise((resolve) => (open = resolve));
        await this.#remoteBatch;
      }
      this.#happened[fault.name] = (this.#happened[fault.name] ?? 0) + 1;
      this.#world.sync.log.push(`${new Date().toISOString().slice(11, 23)} (${fault.name})`);
      try {
        await fault.run(this.#next, async () =>
          this.#model.lostRemote(await this.#world.agent('local').ask('seen')),
        );
      } finally {
        open();
      }
      this.#faults++;
    }
  }

  #choose(): Fault {
    const { faults } = this.#world;
    const weights: Record<string, number> = {};
    for (const { most = Infinity, name, weight } of faults)
      weights[name] = (this.#happened[name] ?? 0) < most ? weight : 0;
    const name = pickWeighted(this.#next, weights);
    return faults.find((fault) => fault.name === name)!;
  }
}
