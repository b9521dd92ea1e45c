import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { isFailure } from '../../src/base/failure.js';
import { removalHold } from '../../src/sync/core/safety.js';
import type { Danger } from '../../src/sync/core/safety.js';
import { Tombstones } from '../../src/sync/core/tombstones.js';
import type { DangerAnswer } from '../../src/sync/core/safety.js';
import type { Batch } from '../../src/sync/merge/batches.js';
import { helperMissing, pairForEachTest, type Pair, put, readTrash, readTree } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`the options of sync sessions are not tested: ${missing}`);

const many = (count: number, from = 0) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`d${i % 7}/f${from + i}`, `content ${from + i}`]),
  );

describe.skipIf(missing)('options of a session', { timeout: 30_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));

  const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
  const conflicts = () => pair.events.filter((event) => event.type === 'sync-conflict');

  describe('initialSync', () => {
    it('mirrors the local side: what only the container has goes, and its own content is not fetched', async () => {
      put(pair.local, { a: 'L', 'd/l': 'l' });
      put(pair.remote, { a: 'R', 'd/r': 'r', 'deep/er/x': 'x' });
      const session = await pair.start({ initialSync: 'mirrorLocal' });
      await session.initialDone;
      await pair.equal();
      expect(Object.keys(readTree(pair.remote)).toSorted()).toEqual(['a', 'd', 'd/l']);
      expect(text(pair.remote, 'a')).toBe('L');
      expect(readTrash(pair.local)).toEqual({});
      // Afterwards it is a sync like any other.
      put(pair.remote, { new: 'new' });
      await pair.until('new is downloaded', () => existsSync(join(pair.local, 'new')));
    });

    it('mirrors the container: what only was here is in the trash', async () => {
      put(pair.local, { a: 'L', 'd/l': 'l' });
      put(pair.remote, { a: 'R', 'd/r': 'r' });
      const session = await pair.start({ initialSync: 'mirrorRemote' });
      await session.initialDone;
      await pair.equal();
      expect(Object.keys(readTree(pair.local)).toSorted()).toEqual(['a', 'd', 'd/r']);
      expect(readTrash(pair.local)).toEqual({ a: 'L', 'd/l': 'l' });
    });

    it('does not mirror an emptied container', async () => {
      put(pair.local, { a: 'L', 'd/l': 'l' });
      const before = readTree(pair.local);
      const session = await pair.start({ initialSync: 'mirrorRemote' });
      await expect(session.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_ROOT_EMPTIED'));
      expect(readTree(pair.local)).toEqual(before);
    });

    it('keeps all: what differs stays so over restarts and is told, until one side changes', async () => {
      put(pair.local, { a: 'L', l: 'l', f: '1' });
      put(pair.remote, { a: 'R', r: 'r', f: '1' });
      for (const initialSync of ['keepAll', undefined] as const) {
        const session = await pair.start({ initialSync });
        await session.initialDone;
        await pair.equal({ ignore: /^a$/ });
        expect([text(pair.local, 'a'), text(pair.remote, 'a')]).toEqual(['L', 'R']);
        await session.stop();
      }
      expect(conflicts()).toEqual([]);
      const session = await pair.start({ initialSync: 'keepAll' });
      await session.initialDone;
      // Each session tells of it.
      const told = pair.events.filter((event) => event.type === 'warning' && event.code === 'SYNC_DIFFERS');
      expect(told).toHaveLength(3);
      const problems = () => pair.events.filter((event) => event.type === 'sync-problem');
      expect(problems().map(({ path, state }) => `${path} ${state}`)).toEqual(Array(3).fill('a found'));
      put(pair.local, { a: 'L2' });
      utimesSync(join(pair.local, 'a'), 1_600_000_000, 1_600_000_000);
      await pair.equal();
      expect(text(pair.remote, 'a')).toBe('L2');
      expect(readTrash(pair.local)).toEqual({ a: 'R' });
      await pair.until('that is told', () => problems().at(-1)?.state === 'cleared');
    });

    it('does nothing at first when it is disabled', async () => {
      put(pair.local, { a: 'L', l: 'l', same: 's', 'd/l': 'l' });
      put(pair.remote, { a: 'R', r: 'r', same: 's' });
      const before = [readTree(pair.local), readTree(pair.remote)];
      for (const initialSync of ['disabled', undefined] as const) {
        const session = await pair.start({ initialSync });
        await session.initialDone;
        expect([readTree(pair.local), readTree(pair.remote)]).toEqual(before);
        await session.stop();
      }
      await pair.start({ initialSync: 'disabled' });
      put(pair.local, { l: 'l2', 'd/m': 'm' });
      put(pair.remote, { r: 'r2' });
      await pair.until('both changes arrive', () => {
        return (
          existsSync(join(pair.remote, 'd/m')) &&
          existsSync(join(pair.remote, 'l')) &&
          existsSync(join(pair.local, 'r'))
        );
      });
      expect(existsSync(join(pair.remote, 'd/l'))).toBe(false);
      expect([text(pair.local, 'a'), text(pair.remote, 'a')]).toEqual(['L', 'R']);
    });
  });

  describe('direction', () => {
    it.each(['up', 'down'] as const)('%s: changes nothing on the sending side', async (direction) => {
      const [from, to] = direction === 'up' ? [pair.local, pair.remote] : [pair.remote, pair.local];
      put(from, { a: 'base', b: 'base', c: 'base' });
      put(to, { own: 'own' });
      const session = await pair.start({ direction });
      await session.initialDone;
      expect(Object.keys(readTree(from)).toSorted()).toEqual(['a', 'b', 'c']);
      // What the receiver changes stays there.
      put(to, { a: 'edited there', 'new/x': 'x' });
      rmSync(join(to, 'b'));
      chmodSync(join(to, 'c'), 0o755);
      put(from, { d: 'd' });
      await pair.until('d arrives', () => existsSync(join(to, 'd')));
      expect(text(from, 'a')).toBe('base');
      expect(readTree(from)['c']).toMatch(/^644/);
      expect(Object.keys(readTree(from)).toSorted()).toEqual(['a', 'b', 'c', 'd']);
      expect(text(to, 'a')).toBe('edited there');
      expect(conflicts()).toEqual([]);
      // Until the sender changes it: then that wins, and the other is kept.
      put(from, { a: 'edited', b: 'edited' });
      await pair.until('both arrive', () => text(to, 'a') === 'edited' && existsSync(join(to, 'b')));
      expect(readTrash(pair.local)).toEqual({ a: 'edited there' });
      rmSync(join(from, 'c'));
      await pair.until('c is gone', () => !existsSync(join(to, 'c')));
      await session.stop();
      // So it is at the next start.
      const before = [readTree(pair.local), readTree(pair.remote)];
      const second = await pair.start({ direction });
      await second.initialDone;
      expect([readTree(pair.local), readTree(pair.remote)]).toEqual(before);
    });
  });

  it.each(['up', 'down'] as const)(
    '%s: tells of a folder of the receiver in the way of a file',
    async (direction) => {
      const [from, to] = direction === 'up' ? [pair.local, pair.remote] : [pair.remote, pair.local];
      put(from, { d: 'file', e: 'file' });
      put(to, { 'd/own': 'own', 'e/own': 'own' });
      const session = await pair.start({ direction });
      await session.initialDone;
      const problems = () =>
        pair.events.flatMap((event) =>
          event.type === 'sync-problem' ? [`${event.path} ${event.state}`] : [],
        );
      await pair.until('it is told', () => problems().length === 2);
      expect(problems().toSorted()).toEqual(['d found', 'e found']);
      const warned = () =>
        pair.events.flatMap((event) => (event.type === 'warning' ? [`${event.code} ${event.text}`] : []));
      await pair.until('people are warned', () => warned().length > 0);
      expect(warned().join()).toMatch(
        /^SYNC_DIR_IN_THE_WAY 2 files could not be synced: a directory is in the way.*: d, e\.$/,
      );
      expect([text(to, 'd/own'), text(to, 'e/own')]).toEqual(['own', 'own']);
      // It goes through when that has gone, and is no trouble when the sender drops it.
      rmSync(join(to, 'd/own'));
      await pair.until(
        'd arrives',
        () => statSync(join(to, 'd'), { throwIfNoEntry: false })?.isFile() === true,
      );
      rmSync(join(from, 'e'));
      await pair.until(
        'both are over',
        () => problems().filter((one) => one.endsWith('cleared')).length === 2,
      );
      expect(text(to, 'e/own')).toBe('own');
    },
  );

  it('ends by itself after the first merge when it does not watch', async () => {
    put(pair.local, { a: 'a' });
    const session = await pair.start({ watch: false });
    await session.done;
    await expect(session.initialDone).resolves.toMatchObject({ up: 1, down: 0 });
    await pair.equal();
    expect(readdirSync(pair.temporary)).toEqual([]);
    expect(pair.events.at(-1)).toMatchObject({ type: 'sync', state: 'stopped' });
  });

  describe('onBatch', () => {
    it('tells what each round did, but not of the first merge, one after another', async () => {
      put(pair.local, { first: '1', old: '1' });
      const batches: Batch[] = [];
      let open = 0;
      const onBatch = async (batch: Batch) => {
        expect(++open).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        batches.push(batch);
        open--;
        throw new Error('the hook failed');
      };
      const session = await pair.start({ onBatch });
      await session.initialDone;
      expect(batches).toEqual([]);
      put(pair.local, { first: '2', 'dir/new': '3' });
      rmSync(join(pair.local, 'old'));
      await pair.until('a round is told', () => batches.length > 0);
      await pair.equal();
      const [batch] = batches;
      expect(batches).toHaveLength(1);
      expect(batch?.direction).toBe('up');
      expect(batch?.changes.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toMatchObject([
        { path: 'dir', action: 'create', directory: true },
        { path: 'dir/new', action: 'create', directory: false },
        { path: 'first', action: 'update', directory: false },
        { path: 'old', action: 'remove', directory: false },
      ]);
      // A failing hook harms nothing, and is said.
      put(pair.remote, { there: 't' });
      await pair.until('the next is told', () => batches.length === 2);
      expect(batches[1]).toMatchObject({ direction: 'down', changes: [{ path: 'there' }] });
      expect(pair.events).toContainEqual(
        expect.objectContaining({ type: 'warning', code: 'SYNC_HOOK_FAILED' }),
      );
    });

    it('tells a burst as one', async () => {
      const batches: Batch[] = [];
      const session = await pair.start({ onBatch: async (batch) => void batches.push(batch) });
      await session.initialDone;
      put(pair.local, many(400));
      await pair.equal();
      await pair.until('it is told', () => batches.length > 0);
      expect(batches.map(({ changes }) => changes.length)).toEqual([407]);
    });
  });

  describe('removals that look like an accident', () => {
    const removeMost = (root: string) => {
      for (let d = 0; d < 5; d++) rmSync(join(root, `d${d}`), { recursive: true });
    };
    const started = async (answer?: DangerAnswer) => {
      put(pair.local, many(105));
      const dangers: Danger[] = [];
      const confirm = async (danger: Danger) => {
        dangers.push(danger);
        return answer ?? 'stop';
      };
      const session = await pair.start(answer ? { confirm } : {});
      await session.initialDone;
      return { dangers, session };
    };

    it.each([
      ['here', 'local'],
      ['in the container', 'remote'],
    ] as const)('stop the session when there is no one to ask (%s)', async (where, side) => {
      const { session } = await started();
      const [lost, kept] = side === 'local' ? [pair.local, pair.remote] : [pair.remote, pair.local];
      const before = readTree(kept);
      removeMost(lost);
      const failure = await session.done.catch((error: unknown) => error);
      expect(isFailure(failure, 'SYNC_MASS_REMOVAL')).toBe(true);
      expect((failure as Error).message).toContain(`75 of 105 synced files are gone from ${lost} ${where}.`);
      expect(readTree(kept)).toEqual(before);
    });

    it('may pass: a build clears its folder and fills it again', async () => {
      put(pair.remote, many(105));
      const session = await pair.start({ passingMs: 60_000 });
      await session.initialDone;
      rmSync(join(pair.remote, 'd0'), { recursive: true });
      await pair.until('what is no accident is carried over', () => !existsSync(join(pair.local, 'd0')));
      for (const name of readdirSync(pair.remote)) rmSync(join(pair.remote, name), { recursive: true });
      await pair.until('it is suspected', () => pair.events.some(({ type }) => type === 'waiting'));
      put(pair.local, { edited: 'meanwhile' });
      await pair.until('the rest goes on', () => existsSync(join(pair.remote, 'edited')));
      expect(Object.keys(readTree(pair.local)).length).toBeGreaterThan(80);
      // Looked at in the middle, half of it is still missing: that is no news either.
      const removals = () =>
        pair.events.filter((event) => event.type === 'sync-change' && event.action === 'remove').length;
      const before = removals();
      put(pair.remote, many(60));
      const began = performance.now();
      await pair.until('it was looked at', () => performance.now() - began > removalHold.lookMs + 100);
      put(pair.remote, { ...many(105), 'd1/f1': 'rebuilt' });
      await pair.equal();
      expect(removals()).toBe(before);
      expect(text(pair.local, 'd1/f1')).toBe('rebuilt');
      await pair.until('it is over', () => pair.events.some(({ type }) => type === 'waited'));
      await session.stop();
    });

    it('are asked about, and carried over', async () => {
      const { dangers, session } = await started('carry-over');
      removeMost(pair.remote);
      await pair.equal();
      expect(dangers).toEqual([
        {
          danger: 'mass-removal',
          side: 'remote',
          files: 75,
          of: 105,
          examples: expect.arrayContaining(['d0/f0']),
          lately: 0,
        },
      ]);
      expect(Object.keys(readTrash(pair.local))).toHaveLength(75);
      await session.stop();
    });

    it('are asked about, and undone from the other side', async () => {
      const { dangers } = await started('restore');
      const before = readTree(pair.local);
      removeMost(pair.local);
      await pair.equal();
      expect(dangers).toHaveLength(1);
      expect(readTree(pair.local)).toEqual(before);
      expect(readTree(pair.remote)).toEqual(before);
    });

    it('wait for the answer, with all else', async () => {
      put(pair.local, many(105));
      let give: (answer: DangerAnswer) => void = () => {};
      let asked = false;
      const session = await pair.start({
        confirm: () => {
          asked = true;
          return new Promise<DangerAnswer>((resolve) => (give = resolve));
        },
      });
      await session.initialDone;
      const before = readTree(pair.local);
      removeMost(pair.remote);
      await pair.until('it is asked', () => asked);
      put(pair.remote, { meanwhile: 'm' });
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(readTree(pair.local)).toEqual(before);
      give('carry-over');
      await pair.equal();
      expect(text(pair.local, 'meanwhile')).toBe('m');
    });
  });

  it('remembers what was removed when a new container brings it back from its image', async () => {
    put(pair.remote, { keep: 'k', gone: 'image', 'dir/gone': 'image', changed: 'image' });
    const first = await pair.start();
    await first.initialDone;
    for (const path of ['gone', 'changed', 'dir']) rmSync(join(pair.local, path), { recursive: true });
    await pair.equal();
    await first.stop();
    put(pair.remote, { gone: 'image', 'dir/gone': 'image', changed: 'a newer image' });
    const second = await pair.start({ remoteIdentity: 'container-2' });
    await second.initialDone;
    await pair.equal();
    expect(Object.keys(readTree(pair.local)).toSorted()).toEqual(['changed', 'keep']);
    // In the same container it is a new file, whatever its content.
    put(pair.remote, { gone: 'image' });
    await pair.until('it is downloaded', () => existsSync(join(pair.local, 'gone')));
  });

  it('keeps only so many removals in mind', async () => {
    const stones = new Tombstones(2);
    for (const path of ['a', 'b', 'a', 'c'])
      stones.removed(path, { kind: 'directory', size: 0, hash: '', target: '' });
    expect([...stones].map(([path]) => path)).toEqual(['a', 'c']);
  });

  it('is not told that a folder was emptied by what the first merge brings there', async () => {
    put(pair.local, { a: '1', 'd/b': '2', c: '3' });
    const first = await pair.start();
    await first.initialDone;
    await first.stop();
    for (const name of ['a', 'c', 'd']) rmSync(join(pair.local, name), { recursive: true });
    put(pair.remote, { new: 'n' });
    const before = readTree(pair.remote);
    const second = await pair.start();
    await expect(second.done).rejects.toSatisfy((error) => isFailure(error, 'SYNC_ROOT_EMPTIED'));
    expect(readTree(pair.remote)).toEqual(before);
  });

  it('says what is in the way of a file, and does not try it again and again', async () => {
    put(pair.local, { 'd/x': 'x' });
    const session = await pair.start({ excludePaths: ['*.log'] });
    await session.initialDone;
    put(pair.remote, { 'd/hidden.log': 'excluded' });
    rmSync(join(pair.local, 'd'), { recursive: true });
    put(pair.local, { d: 'a file now' });
    await pair.until('it is said', () =>
      pair.events.some((event) => event.type === 'warning' && event.code === 'SYNC_DIR_IN_THE_WAY'),
    );
    const [helper] = pair.children;
    const sent = () => (helper?.stdin as Socket | undefined)?.bytesWritten;
    // What was heard of late may lead to one more try; then it rests.
    let before;
    for (let looks = 0; before !== sent() && looks < 3; looks++) {
      before = sent();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(sent()).toBe(before);
    expect(text(pair.remote, 'd/hidden.log')).toBe('excluded');
    expect(text(pair.local, 'd')).toBe('a file now');
    // When that is gone, it goes through.
    rmSync(join(pair.remote, 'd'), { recursive: true });
    await pair.equal();
  });
});
