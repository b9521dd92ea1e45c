import { setTimeout as pause } from 'node:timers/promises';
import type { FaultProxy } from '../cluster/index.js';
import type { Ask } from './agent.js';
import { between } from './random.js';
import type { Fault } from './world.js';

/** What can happen between the user's machine and the API server. */
export function networkFaults(proxy: FaultProxy): Fault[] {
  return [
    { name: 'all connections cut', weight: 4, run: async () => proxy.cut() },
    {
      name: 'all connections cut with much on its way',
      weight: 4,
      run: async (next) => {
        proxy.hold();
        await pause(between(next, 20, 300));
        proxy.cut();
        proxy.release();
      },
    },
    {
      name: 'network silent for a while',
      weight: 3,
      run: async (next) => {
        proxy.hold();
        await pause(between(next, 100, 2500));
        proxy.release();
      },
    },
    {
      name: 'network slow for a while',
      weight: 1,
      run: async (next) => {
        proxy.delay(between(next, 5, 80));
        await pause(between(next, 300, 1500));
        proxy.delay(0);
      },
    },
    {
      name: 'API server away for a while',
      weight: 1,
      run: async (next) => {
        await proxy.refuse(true);
        proxy.cut();
        await pause(between(next, 300, 4000));
        await proxy.refuse(false);
      },
    },
  ];
}

/** What can happen to the container. The kubelet waits ever longer before it starts one again, so that happens rarely. */
export function clusterFaults(
  ask: () => Ask,
  replacePod: (lostRemote: () => Promise<void>) => Promise<void>,
): Fault[] {
  return [
    {
      name: 'container restarted',
      weight: 1,
      most: 2,
      run: async () => {
        await ask()('signal', { command: 'sleep 100000', signal: 'SIGKILL' });
      },
    },
    {
      name: 'pod deleted and made anew',
      weight: 1,
      most: 4,
      alone: true,
      run: (_, lostRemote) => replacePod(lostRemote),
    },
  ];
}
