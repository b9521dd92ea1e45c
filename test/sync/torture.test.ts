import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { pipesWorld } from '../torture/pipes-world.js';
import { runSeed } from '../torture/run-seed.js';
import { buildHelper, helperMissing } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`sync is not tortured: ${missing}`);

// The short form of `npm run torture`, which says what is checked.
describe.skipIf(missing)('random work on both sides while things go wrong', { timeout: 180_000 }, () => {
  let helperDir: string;
  beforeAll(async () => {
    helperDir = await buildHelper();
  }, 120_000);
  afterAll(() => rmSync(helperDir, { recursive: true, force: true }));

  const seeds = process.env['SYNC_SEED'] ? [Number(process.env['SYNC_SEED'])] : [1, 2, 3];
  it.each(seeds)('ends equal and has lost nothing (SYNC_SEED=%i)', async (seed) => {
    await using world = await pipesWorld(helperDir);
    const { wrong } = await runSeed(world, { seed, ops: 300, faults: 5 }, () => {});
    expect(wrong.join('\n')).toBe('');
  });
});
