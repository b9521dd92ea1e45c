import { expect, it } from 'vitest';
import { clusterWorlds } from '../torture/cluster-world.js';
import { runSeed } from '../torture/run-seed.js';

// The short form of `npm run torture -- --cluster`, which says what is checked.
it('devspace sync loses nothing while two users work and things go wrong', async () => {
  await using worlds = await clusterWorlds();
  await using world = await worlds.open();
  const { wrong } = await runSeed(world, { seed: 1, ops: 400, faults: 10 }, () => {});
  expect(wrong.join('\n')).toBe('');
});
