import type { World } from './world.js';
export async function clusterWorlds(): Promise<() => Promise<World>> {
  throw new Error('not yet');
}
