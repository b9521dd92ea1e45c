import { describe, expect, it } from 'vitest';

import { Lane } from '../../../src/sync/merge/lane.js';
import { Retries } from '../../../src/sync/merge/retries.js';
import { TokenBucket } from '../../../src/sync/remote/token-bucket.js';

/** Tasks that end when told, and which have started. */
function tasks(lane: Lane, sizes: number[]) {
  const started: number[] = [];
  const end: (() => void)[] = [];
  const done = sizes.map((bytes, index) =>
    lane.run(bytes, () => {
      started.push(index);
      return new Promise<void>((resolve) => {
        end[index] = resolve;
      });
    }),
  );
  return { started, end, done };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a lane', () => {
  it('runs so many at once, in order', async () => {
    const { started, end } = tasks(new Lane(2), [1, 1, 1, 1]);
    await turn();
    expect(started).toEqual([0, 1]);
    end[1]?.();
    await turn();
    expect(started).toEqual([0, 1, 2]);
  });

  it('runs so many bytes at once, but always one', async () => {
    const { started, end } = tasks(new Lane(10, 100), [60, 60, 500, 10]);
    await turn();
    expect(started).toEqual([0]);
    end[0]?.();
    await turn();
    expect(started).toEqual([0, 1]);
    end[1]?.();
    await turn();
    // The large one runs alone, and the small one behind it waits its turn.
    expect(started).toEqual([0, 1, 2]);
    end[2]?.();
    await turn();
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it('goes on after a task that fails', async () => {
    const lane = new Lane(1);
    const failing = lane.run(0, () => Promise.reject(new Error('no')));
    const next = lane.run(0, async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});

describe('a token bucket', () => {
  it('lets a tenth of a second through at once, then makes wait', async () => {
    let now = 1000;
    const bucket = new TokenBucket(1, () => now);
    const stop = AbortSignal.abort();
    expect(bucket.take(100)).toBeUndefined();
    const waiting = bucket.take(1024, stop);
    expect(waiting).toBeUndefined();
    const second = bucket.take(1024, stop);
    expect(second).toBeInstanceOf(Promise);
    await second?.catch(() => {});
    now += 5000;
    expect(bucket.take(1)).toBeUndefined();
  });

  it.each([0, undefined])('is open for %s', (limit) => {
    const bucket = new TokenBucket(limit);
    expect(bucket.take(1e12)).toBeUndefined();
    expect(bucket.take(1e12)).toBeUndefined();
  });
});

describe('retries', () => {
  it('come ever later, until it goes well', () => {
    const retries = new Retries();
    const delays = Array.from({ length: 10 }, () => retries.delayFor('a'));
    expect(delays).toEqual([0, 8, 16, 32, 64, 128, 256, 512, 1000, 1000]);
    retries.forget('a');
    expect(retries.delayFor('a')).toBe(0);
  });
});
