import { expect, it, vi } from 'vitest';

import type { Event } from '../../../src/report/events.js';
import { Pending } from '../../../src/sync/merge/pending.js';

const every = { steps: 0, moved: 1 };
const MB = 1024 * 1024;

it('tells how far one large file is while nothing else happens, and when it is through', async () => {
  const events: Event[] = [];
  const work = { busy: 1, bytes: 100 * MB, moved: 0 };
  using pending = new Pending(
    (event) => events.push(event),
    () => work,
    every,
  );
  pending.tell();
  work.moved = 40 * MB;
  await vi.waitFor(() => expect(events).toHaveLength(2), 10_000);
  // Sent once more from the beginning: it is not told as more than there is.
  work.moved = 110 * MB;
  await vi.waitFor(() => expect(events).toHaveLength(3), 10_000);
  Object.assign(work, { busy: 0, bytes: 0, moved: 0 });
  pending.tell();
  const told = (paths: number, bytes: number, moved: number) => ({
    type: 'sync-pending',
    paths,
    bytes: bytes * MB,
    moved: moved * MB,
  });
  expect(events).toEqual([told(1, 100, 0), told(1, 100, 40), told(1, 100, 100), told(0, 0, 0)]);
});

it('does not tell of what is done in a moment', () => {
  const events: Event[] = [];
  using pending = new Pending(
    (event) => events.push(event),
    () => ({ busy: 3, bytes: 4 * MB, moved: 0 }),
    every,
  );
  pending.tell();
  expect(events).toEqual([]);
});
