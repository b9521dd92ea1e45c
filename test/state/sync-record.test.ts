import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { Event } from '../../src/report/events.js';
import { startOf } from '../../src/state/process-identity.js';
import { enter, newRecord, parseRecord, recordBounds, type SyncRecord } from '../../src/state/sync-record.js';
import { findSyncs, keepRecord, keyOf, syncStateFolder } from '../../src/state/sync-records.js';
import { tempFolder } from './temp-folder.js';

const init = { command: 'dev', local: '/here', containerPath: '.', patterns: {} } as const;
const now = new Date('2026-02-03T04:05:06Z');
const sync = { type: 'sync', local: '/here', remote: '/app' } as const;
const made = (events: readonly Event[], before?: SyncRecord): SyncRecord => {
  const record = newRecord({ ...init, host: 'h', pid: 1 }, before, now);
  for (const event of events) enter(record, event, now);
  return record;
};
const problem = (path: string): Event => ({
  type: 'sync-problem',
  path,
  state: 'found',
  code: 'SYNC_SKIPPED',
  text: path,
});

describe('the record of a sync', () => {
  it.each<[string, Event[], Partial<SyncRecord>]>([
    ['begins', [], { state: 'starting', remote: '.', up: 0, down: 0 }],
    [
      'knows its pod',
      [{ ...sync, state: 'connecting', namespace: 'n', pod: 'p', container: 'c' }],
      { state: 'starting', namespace: 'n', pod: 'p', container: 'c' },
    ],
    ['knows the resolved folder', [{ ...sync, state: 'started' }], { state: 'merging', remote: '/app' }],
    ['watches', [{ ...sync, state: 'initial-done' }], { state: 'watching' }],
    [
      'reconnects',
      [
        { ...sync, state: 'stopped' },
        { ...sync, state: 'reconnecting', code: 'X', reason: 'why', nextAttempt: 'then' },
      ],
      { state: 'reconnecting', code: 'X', reason: 'why', nextAttempt: 'then' },
    ],
    [
      'forgets why when it is back',
      [
        { ...sync, state: 'reconnecting', code: 'X', reason: 'why', nextAttempt: 'then' },
        { ...sync, state: 'started' },
      ],
      { state: 'merging', code: undefined, reason: undefined, nextAttempt: undefined },
    ],
    [
      'stays failed when it is closed',
      [
        { ...sync, state: 'failed', code: 'X', reason: 'why' },
        { ...sync, state: 'stopped' },
      ],
      { state: 'failed', reason: 'why' },
    ],
    [
      'counts changes and knows the last',
      [
        { type: 'sync-change', direction: 'up', action: 'create', path: 'a' },
        { type: 'sync-change', direction: 'up', action: 'update', path: 'a' },
        { type: 'sync-change', direction: 'down', action: 'remove', path: 'b' },
      ],
      { up: 2, down: 1, last: { time: now.toISOString(), direction: 'down', action: 'remove', path: 'b' } },
    ],
    [
      'keeps the patterns as they were configured, whatever files say with them',
      [{ ...sync, state: 'connecting', patterns: { excludePaths: ['from a file'] } }],
      { patterns: init.patterns },
    ],
    [
      'knows what is under way until the session ends',
      [
        { type: 'sync-pending', paths: 5, bytes: 0, moved: 0 },
        { ...sync, state: 'stopped' },
      ],
      { pending: 0 },
    ],
    [
      'knows what is not synced until that is over',
      [problem('a'), problem('b'), { type: 'sync-problem', path: 'a', state: 'cleared' }],
      { problems: [{ time: now.toISOString(), path: 'b', code: 'SYNC_SKIPPED', text: 'b' }] },
    ],
  ])('%s', (_, events, expected) => {
    expect(made(events)).toMatchObject(expected);
  });

  it('stays small', () => {
    const many = Array.from({ length: recordBounds.problems + 5 }, (_, index) => problem(String(index)));
    const conflicts = many.map((_, index): Event => {
      return { type: 'sync-conflict', path: String(index), kept: 'local', savedAs: 'x' };
    });
    const record = made([...many, ...conflicts]);
    expect([record.problems.length, record.moreProblems]).toEqual([recordBounds.problems, 5]);
    expect(record.conflicts.at(-1)?.path).toBe(String(many.length - 1));
    expect(record.conflicts).toHaveLength(recordBounds.conflicts);
  });

  it('hands conflicts and the last change on to the next run, and nothing else', () => {
    const before = made([
      { type: 'sync-conflict', path: 'a', kept: 'local', savedAs: 'x' },
      { type: 'sync-change', direction: 'up', action: 'create', path: 'a' },
      problem('b'),
    ]);
    expect(made([], before)).toMatchObject({
      conflicts: [{ path: 'a' }],
      last: { path: 'a' },
      up: 0,
      problems: [],
    });
  });

  it.each(['', '{', '[]', '{"version":1}', '{"version":2}'])('is not %s', (text) => {
    expect(parseRecord(text)).toBeUndefined();
  });
});

describe('the file of a record', () => {
  it('tells others what the sync does, and that it ended', async () => {
    await using folder = await tempFolder();
    const file = join(syncStateFolder(folder.path), '0123456789abcdef.json');
    {
      await using keeper = await keepRecord(file, init);
      expect(await findSyncs(folder.path)).toMatchObject([{ running: true, record: { state: 'starting' } }]);
      keeper.enter({ ...sync, state: 'initial-done' });
      keeper.enter({ type: 'sync-change', direction: 'up', action: 'create', path: 'a' });
    }
    const [found] = await findSyncs(folder.path);
    expect(found).toMatchObject({ file, running: true, record: { state: 'watching', up: 1 } });
    expect(keyOf(file)).toBe('0123456789abcdef');
    expect(await readFile(join(folder.path, '.devspace/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('tells that the process is gone, and of another machine nothing', async () => {
    await using folder = await tempFolder();
    const file = join(syncStateFolder(folder.path), '0123456789abcdef.json');
    await (await keepRecord(file, init))[Symbol.asyncDispose]();
    const record = JSON.parse(await readFile(file, 'utf8')) as SyncRecord;
    const as = async (change: Partial<SyncRecord>) => {
      await writeFile(file, JSON.stringify({ ...record, ...change }));
      return (await findSyncs(folder.path)).map(({ running }) => running);
    };
    expect(await as({ started: startOf(process.pid) })).toEqual([true]);
    expect(await as({ started: 'another/1' })).toEqual(startOf(process.pid) === undefined ? [true] : [false]);
    expect(await as({ host: `not-${hostname()}` })).toEqual([undefined]);
    expect(await as({ state: 'stopped' })).toEqual([false]);
    await writeFile(file, '{"broken');
    expect(await findSyncs(folder.path)).toEqual([]);
  });

  it('knows of another process that does the same', async () => {
    await using folder = await tempFolder();
    const file = join(syncStateFolder(folder.path), '0123456789abcdef.json');
    const otherOf = async (change: Partial<SyncRecord>) => {
      await using first = await keepRecord(file, init);
      expect(first.other).toBeUndefined();
      const record = JSON.parse(await readFile(file, 'utf8')) as SyncRecord;
      await writeFile(file, JSON.stringify({ ...record, ...change }));
      await using second = await keepRecord(file, init);
      second.enter({ ...sync, state: 'stopped' });
      return second.other?.pid;
    };
    const theirs = { pid: process.ppid, started: startOf(process.ppid) };
    expect(await otherOf(theirs)).toBe(process.ppid);
    expect(await otherOf({ ...theirs, state: 'stopped' })).toBeUndefined();
    expect(await otherOf({})).toBeUndefined();
  });

  it('never stops a sync when it cannot be written', async () => {
    const keeper = await keepRecord('/nowhere/.devspace/sync/0123456789abcdef.json', init);
    keeper.enter({ ...sync, state: 'started' });
    await keeper[Symbol.asyncDispose]();
  });
});
