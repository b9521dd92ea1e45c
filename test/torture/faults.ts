import { setTimeout as pause } from 'node:timers/promises';
import type { Ask } from './agent.js';
import { between } from './random.js';
import type { SyncProcess } from './sync-process.js';
import type { Fault } from './world.js';

/** What can happen to the process on the user's machine. */
export function processFaults(sync: () => SyncProcess): Fault[] {
  return [
    {
      name: 'sync killed and started again',
      weight: 3,
      run: async (next) => {
        await sync().end('SIGKILL');
        await pause(between(next, 0, 400));
        sync().start();
        await sync().ready();
      },
    },
    {
      name: 'sync stopped and started again',
      weight: 3,
      run: async (next) => {
        await sync().end('SIGINT');
        await pause(between(next, 0, 800));
        sync().start();
        await sync().ready();
      },
    },
    {
      name: 'sync frozen for a while',
      weight: 2,
      run: async (next) => {
        sync().signal('SIGSTOP');
        await pause(between(next, 200, 1500));
        sync().signal('SIGCONT');
      },
    },
  ];
}

/** What can happen to the disk of a side. */
export function diskFaults(side: string, ask: () => Ask, canFill: boolean): Fault[] {
  const denied: Fault = {
    name: `permission denied on the ${side} side`,
    weight: 2,
    // The user makes everything accessible again before both sides are compared.
    run: async (next) => void (await ask()('deny', { seed: between(next, 1, 1_000_000) })),
  };
  const full: Fault = {
    name: `disk full on the ${side} side`,
    weight: 2,
    run: async (next) => {
      await ask()('fill');
      await pause(between(next, 100, 1200));
      await ask()('free');
    },
  };
  return canFill ? [denied, full] : [denied];
}

/** What can happen to the helper in the container; `command` is a part of its command line. */
export function helperFaults(ask: () => Ask, command: string): Fault[] {
  const signal = (signal: NodeJS.Signals) => ask()('signal', { command, signal });
  return [
    { name: 'helper killed', weight: 2, run: async () => void (await signal('SIGKILL')) },
    {
      name: 'helper frozen for a while',
      weight: 2,
      run: async (next) => {
        await signal('SIGSTOP');
        await pause(between(next, 100, 1500));
        await signal('SIGCONT');
      },
    },
  ];
}
