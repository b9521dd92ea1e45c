import { expect, it } from 'vitest';

import { SyncProgress } from '../../src/report/sync-progress.js';

it('shows what is under way and what is done, anew each time it is busy', () => {
  const progress = new SyncProgress();
  progress.count();
  expect(progress.text({ paths: 120, bytes: 3_000_000, moved: 0 }, 0)).toEqual({
    text: 'syncing: 120 paths (3.0 MB) under way',
    due: false,
  });
  progress.count();
  progress.count();
  expect(progress.text({ paths: 1, bytes: 0, moved: 0 }, 500)?.text).toBe(
    'syncing: 1 path under way, 2 done',
  );
  expect(progress.text({ paths: 0, bytes: 0, moved: 0 }, 600)).toBeUndefined();
  expect(progress.text({ paths: 200, bytes: 0, moved: 0 }, 700)?.text).toBe('syncing: 200 paths under way');
});

it('is told now and then where each text is a line more', () => {
  const progress = new SyncProgress();
  const due = [0, 2500, 5000, 7500, 10_000].map(
    (now) => progress.text({ paths: 500, bytes: 0, moved: 0 }, now)?.due,
  );
  expect(due).toEqual([false, false, true, false, true]);
});

it('shows how much of large files was sent', () => {
  const shown = new SyncProgress().text({ paths: 1, bytes: 5_000_000_000, moved: 1_200_000_000 }, 0);
  expect(shown?.text).toBe('syncing: 1 path (1.2 GB of 5.0 GB) under way');
});
