import { expect, it } from 'vitest';

import type { Event } from '../../../src/report/events.js';
import type { Action } from '../../../src/sync/core/action.js';
import { BigStart } from '../../../src/sync/merge/big-start.js';

const file = (path: string, size: number): Action => ({
  do: 'file',
  to: 'remote',
  path,
  source: { kind: 'file', mode: 0o644, size, mtime: { s: 0, ns: 0 }, stamp: path },
  target: undefined,
  mode: 0o644,
  conflict: false,
});

it('says once that much is copied, and what is the largest of it', () => {
  const events: Event[] = [];
  const start = new BigStart((event) => events.push(event));
  start.add([file('src/a', 1000), file('models/weights.bin', 90_000_000)]);
  expect(events).toEqual([]);
  start.add([file('data.csv', 20_000_000), { do: 'forget', path: 'x' }]);
  start.add([file('more', 1e9)]);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    type: 'note',
    text: expect.stringMatching(
      /more than 100\.0 MB, among it models\/weights\.bin \(90\.0 MB\)\. .*excludePaths/,
    ) as string,
  });
});
