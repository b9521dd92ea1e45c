import { expect, it } from 'vitest';

import { SyncProgress } from '../../src/report/sync-progress.js';

it('shows what is under way and what is done, anew each time it is busy', () => {
  const progress = new SyncProgress();
  progress.count();
  expect(progress.text(120, 3_000_000, 0)).toEqual({
    text: 'syncing: 120 paths (3.0 MB) under way',
    due: false,
  });
  progress.count();
  progress.count();
  expect(progress.text(1, 0, 500)?.text).toBe('syncing: 1 path under way, 2 done');
  expect(progress.text(0, 0, 600)).toBeUndefined();
  expect(progress.text(200, 0, 700)?.text).toBe('syncing: 200 paths under way');
});

it('is told now and then where each text is a line more', () => {
  const progress = new SyncProgress();
  const due = [0, 5000, 10_000, 15_000, 20_000].map((now) => progress.text(500, 0, now)?.due);
  expect(due).toEqual([false, false, true, false, true]);
});
