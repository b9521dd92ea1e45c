import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../../src/base/failure.js';
import { LaterFiles } from '../../../src/kube/logs/later-files.js';

/** A log of which the test says what its newest file is. */
function log() {
  const closed: string[] = [];
  const rig = {
    newest: undefined as string | undefined,
    read: 'a',
    closed,
    looks: 0,
    isGone: false,
  };
  const time = (name: string) => `2026-01-01T00:00:${String(name.charCodeAt(0) - 0x61).padStart(2, '0')}Z`;
  const files = new LaterFiles({
    firstTime: () => {
      rig.looks += 1;
      if (rig.isGone) throw new Failure({ code: 'KUBE_UNREACHABLE', message: 'gone', hint: 'none' });
      return Promise.resolve(rig.newest && time(rig.newest));
    },
    open: () => {
      const name = rig.newest ?? '';
      const blocks = (async function* () {
        try {
          yield Buffer.from(`${time(name)} first of ${name}\n`);
          yield Buffer.from('more\n');
        } finally {
          closed.push(name);
        }
      })();
      return Promise.resolve({ stream: { destroy: () => {} }, blocks });
    },
    isLater: (one) => one > time(rig.read),
  });
  return { rig, files, time };
}

describe('LaterFiles', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);
  const busy = 1024 * 1024;

  it('looks only while much is read', async () => {
    const { files, rig } = log();
    files.arrived(1000);
    await seconds(60);
    expect(rig.looks).toBe(0);
    files.arrived(busy);
    await seconds(60);
    expect(rig.looks).toBe(1);
    await files[Symbol.asyncDispose]();
  });

  it('looks while what was read is not taken', async () => {
    const { files, rig } = log();
    files.arrived(1000);
    files.isHeld = true;
    await seconds(20);
    expect(rig.looks).toBeGreaterThan(15);
    files.isHeld = false;
    await seconds(2);
    const { looks } = rig;
    await seconds(60);
    expect(rig.looks).toBe(looks);
    await files[Symbol.asyncDispose]();
  });

  it('holds each file that begins, in order, and gives it from its beginning', async () => {
    const { files, rig, time } = log();
    files.isHeld = true;
    for (rig.newest of ['a', 'b', 'b', 'c']) {
      files.arrived(busy);
      await seconds(5);
    }
    const [one, two, none] = [files.take(), files.take(), files.take()];
    expect([one?.first, two?.first, none]).toEqual([time('b'), time('c'), undefined]);
    expect([one?.isAfterGap, two?.isAfterGap]).toEqual([false, false]);
    const texts: string[] = [];
    for await (const block of one!.blocks) texts.push(block.toString());
    expect(texts).toEqual([`${time('b')} first of b\n`, 'more\n']);
    // The one being read is no later one.
    files.arrived(busy);
    await seconds(2);
    expect(files.next).toBeUndefined();
    await files[Symbol.asyncDispose]();
  });

  it('says that another may have been between when nobody had looked for long', async () => {
    const { files, rig } = log();
    files.isHeld = true;
    rig.newest = 'a';
    files.arrived(busy);
    await seconds(3);
    rig.isGone = true;
    await seconds(20);
    rig.isGone = false;
    rig.newest = 'f';
    await seconds(2);
    expect(files.next?.isAfterGap).toBe(true);
    await files[Symbol.asyncDispose]();
  });

  it('holds no more than five, and closes them all at the end', async () => {
    const { files, rig } = log();
    files.isHeld = true;
    for (rig.newest of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      files.arrived(busy);
      await seconds(3);
    }
    await files[Symbol.asyncDispose]();
    expect(rig.closed).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(files.next).toBeUndefined();
  });

  it('closes those that the reader has come to by itself', async () => {
    const { files, rig, time } = log();
    files.isHeld = true;
    for (rig.newest of ['b', 'e']) {
      files.arrived(busy);
      await seconds(3);
    }
    await files.dropPassed(Date.parse(time('d')) + 1);
    expect(rig.closed).toEqual(['b']);
    expect(files.next?.first).toBe(time('e'));
    await files[Symbol.asyncDispose]();
  });
});
