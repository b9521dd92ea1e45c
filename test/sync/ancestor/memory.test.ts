import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Event } from '../../../src/report/events.js';
import { loadMemory, type Saved, saveMemory } from '../../../src/sync/ancestor/file.js';
import { Tombstones } from '../../../src/sync/core/tombstones.js';
import type { Known } from '../../../src/sync/core/entry.js';
import { KnownTable } from '../../../src/sync/store/known-table.js';
import { PathTable } from '../../../src/sync/store/path-table.js';
import { Writer } from '../../../src/sync/wire/values.js';
import { ancestorFile, recall, Saver } from '../../../src/sync/ancestor/memory.js';
import type { Memory, Recollection } from '../../../src/sync/ancestor/recollection.js';

let base: string;
let file: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'devspace-memory-'));
  file = ancestorFile(base, ['/a', '/b']);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const identity = { local: 'l', remote: 'r', patterns: '[]' };
const known = (over: Partial<Known>): Known => ({
  kind: 'file',
  size: 5,
  hash: 'ab'.repeat(32),
  target: '',
  localStamp: '1234567812345678',
  remoteStamp: '8765432187654321',
  localMode: 0o644,
  remoteMode: 0o600,
  ...over,
});
const ancestor = (): Map<string, Known> =>
  new Map([
    ['a b\n/ü', known({})],
    ['seen again', known({ localStamp: '' })],
    ['d', known({ kind: 'directory', size: 0, hash: '', remoteStamp: undefined })],
    ['l', known({ kind: 'symlink', size: 0, hash: '', target: '../x' })],
  ]);

/** What comes back of an ancestor. */
const recollected = ({ ancestor }: Pick<Recollection, 'ancestor'>): Map<string, Known> => {
  const table = new KnownTable(new PathTable());
  ancestor.into(table);
  return new Map(table);
};

const memory = (): Memory => {
  const parked: Memory['parked'] = new Map();
  const tombstones = new Tombstones();
  parked.set('differs', { local: '1234567812345678', remote: '8765432187654321' });
  parked.set('there only', { local: undefined, remote: '8765432187654321' });
  tombstones.removed('gone', known({}));
  tombstones.removed('gone link', known({ kind: 'symlink', size: 0, hash: '', target: 'x' }));
  tombstones.removed('gone', known({ hash: 'cd'.repeat(32) }));
  tombstones.meet();
  tombstones.replaced('edited', known({}));
  const table = new KnownTable(new PathTable());
  for (const [path, known] of ancestor()) table.set(path, known);
  return { ancestor: table, parked, tombstones };
};

describe('an ancestor', () => {
  it('comes back as it was saved', async () => {
    await saveMemory(file, identity, memory());
    const { tombstones, ...rest } = (await loadMemory(file)) as Saved;
    expect({ ...rest, ancestor: recollected(rest) }).toEqual({
      identity,
      ancestor: ancestor(),
      parked: memory().parked,
      isLatest: true,
    });
    expect([...tombstones]).toEqual([...memory().tombstones]);
    expect(readdirSync(base)).toHaveLength(1);
  });

  it('of the first format is still read', async () => {
    const first = join(base, 'first.tree');
    const to = new Writer().text('devspace-sync-ancestor-1').text('l').text('r').text('[]');
    to.text('f')
      .u8(0)
      .uint(0o644)
      .uint(0o600)
      .u8(1)
      .text('1234567812345678')
      .u8(0)
      .uint(5)
      .hex('ab'.repeat(32));
    const content = to.finish();
    writeFileSync(first, Buffer.concat([content, createHash('sha256').update(content).digest()]));
    const loaded = (await loadMemory(first)) as Saved;
    expect([...recollected(loaded)]).toEqual([['f', known({ remoteStamp: undefined })]]);
    expect([loaded.parked.size, loaded.isLatest]).toEqual([0, false]);
  });

  it('of the second format is still read', async () => {
    const second = join(base, 'second.tree');
    const to = new Writer().text('devspace-sync-ancestor-2').text('l').text('r').text('[]');
    to.uint(1).text('differs').u8(1).text('1234567812345678').u8(0);
    to.uint(1).text('gone').u8(0).uint(5).hex('ab'.repeat(32));
    for (const [path, stamp] of [
      ['f', '1234567812345678'],
      ['again', ''],
    ] as const) {
      to.text(path).u8(0).uint(0o644).uint(0o600);
      to.u8(1).text(stamp).u8(1).text('8765432187654321').uint(5).hex('ab'.repeat(32));
    }
    const content = to.finish();
    writeFileSync(second, Buffer.concat([content, createHash('sha256').update(content).digest()]));
    const loaded = (await loadMemory(second)) as Saved;
    expect([...recollected(loaded)]).toEqual([
      ['f', known({})],
      ['again', known({ localStamp: '' })],
    ]);
    expect([...loaded.parked.keys(), ...loaded.tombstones].flat()).toContain('differs');
    expect([loaded.tombstones.size, loaded.isLatest]).toEqual([1, false]);
  });

  it('is not trusted when any byte is wrong or missing', async () => {
    await saveMemory(file, identity, memory());
    const bytes = readFileSync(file);
    for (const at of [0, 10, bytes.length >> 1, bytes.length - 1]) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] as number) ^ 1;
      writeFileSync(file, wrong);
      await expect(loadMemory(file)).resolves.toBe('damaged');
    }
    writeFileSync(file, bytes.subarray(0, -3));
    await expect(loadMemory(file)).resolves.toBe('damaged');
    writeFileSync(file, '');
    await expect(loadMemory(file)).resolves.toBe('damaged');
    await expect(loadMemory(join(base, 'none'))).resolves.toBe('missing');
  });
});

describe('recalling', () => {
  const recalled = async (over: Partial<typeof identity>) => {
    const events: Event[] = [];
    await saveMemory(file, identity, memory());
    return { ...(await recall(file, { ...identity, ...over }, (event) => events.push(event))), events };
  };
  const sides = (from: Pick<Recollection, 'ancestor'>) => {
    const entry = recollected(from).get('a b\n/ü');
    return entry && { local: entry.localStamp !== undefined, remote: entry.remoteStamp !== undefined };
  };

  it('holds for the same folders', async () => {
    const back = await recalled({});
    expect([sides(back), back.patternsChanged]).toEqual([{ local: true, remote: true }, false]);
  });

  it('forgets what was left different on another file system, and removals of another folder', async () => {
    const [there, here] = [await recalled({ remote: 'other' }), await recalled({ local: 'other' })];
    expect([there.parked.size, there.tombstones.size, there.newContainer]).toEqual([0, 3, true]);
    expect([here.parked.size, here.tombstones.size, here.newContainer]).toEqual([0, 0, false]);
    expect((await recalled({})).parked.size).toBe(2);
  });

  it('keeps the local half for another container', async () => {
    expect(sides(await recalled({ remote: 'other' }))).toEqual({ local: true, remote: false });
  });

  it('keeps the remote half for another local folder', async () => {
    expect(sides(await recalled({ local: 'other' }))).toEqual({ local: false, remote: true });
  });

  it('keeps nothing for both', async () => {
    expect([...recollected(await recalled({ local: 'other', remote: 'other' }))]).toEqual([]);
  });

  it('tells of other patterns', async () => {
    expect((await recalled({ patterns: '["x"]' })).patternsChanged).toBe(true);
  });

  it('warns of a damaged file and starts anew', async () => {
    const events: Event[] = [];
    writeFileSync(file, 'nonsense');
    const back = await recall(file, identity, (event) => events.push(event));
    expect([...recollected(back)]).toEqual([]);
    expect(events).toEqual([expect.objectContaining({ type: 'warning', code: 'SYNC_STATE_DAMAGED' })]);
  });
});

describe('saving', () => {
  const savedBy = async (over: Partial<typeof identity>, change: boolean) => {
    await saveMemory(file, identity, memory());
    const now = { ...identity, ...over };
    const { isSaved } = await recall(file, now, () => {});
    const ledger = { ...memory(), revision: 7 };
    const saver = new Saver(file, now, ledger, () => {}, isSaved);
    const before = statSync(file).ino;
    if (change) ledger.revision++;
    saver.touch();
    await saver.flush();
    return statSync(file).ino !== before;
  };

  it('leaves a file alone that says what is known', async () => {
    expect(await savedBy({}, false)).toBe(false);
  });

  it('writes what changed since, and what now holds for others', async () => {
    expect(await savedBy({}, true)).toBe(true);
    expect(await savedBy({ remote: 'other' }, false)).toBe(true);
    expect(await savedBy({ patterns: '["x"]' }, false)).toBe(true);
  });
});
