import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Entry, Known } from '../../../src/sync/core/entry.js';
import { KnownTable } from '../../../src/sync/store/known-table.js';
import { PathTable } from '../../../src/sync/store/path-table.js';
import { TreeTable } from '../../../src/sync/store/tree-table.js';

const stamp = fc.stringMatching(/^[0-9a-f]{16}$/);
const mode = fc.nat(0o7777);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    kind: fc.constant('file' as const),
    mode,
    size: fc.maxSafeNat(),
    mtime: fc.record({ s: fc.nat(2 ** 34), ns: fc.nat(999_999_999) }),
    stamp,
  }),
  fc.record({ kind: fc.constant('directory' as const), mode, stamp }),
  fc.record({ kind: fc.constant('symlink' as const), target: fc.string(), stamp }),
  fc.record({ kind: fc.constant('other' as const), what: fc.string() }),
  fc.record({ kind: fc.constant('unreadable' as const), reason: fc.string() }),
);
const someStamp = fc.oneof(stamp, fc.constantFrom('', undefined));
const common = { localStamp: someStamp, remoteStamp: someStamp, localMode: mode, remoteMode: mode };
const known: fc.Arbitrary<Known> = fc.oneof(
  fc.record({
    kind: fc.constant('file' as const),
    size: fc.maxSafeNat(),
    hash: fc.stringMatching(/^[0-9a-f]{64}$/),
    target: fc.constant(''),
    ...common,
  }),
  fc.record({
    kind: fc.constant('symlink' as const),
    size: fc.constant(0),
    hash: fc.constant(''),
    target: fc.string(),
    ...common,
  }),
);
const path = fc.constantFrom('a', 'a/b', 'a/c', 'a/b/d', 'e', 'e/f');

describe('tables that share their paths', () => {
  it('behave like maps of their own, whatever happens to them', () => {
    const step = fc.oneof(
      fc.record({
        table: fc.constantFrom('local' as const, 'remote' as const),
        path,
        value: fc.option(entry),
      }),
      fc.record({ table: fc.constant('known' as const), path, value: fc.option(known) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const paths = new PathTable();
        const tables = {
          local: new TreeTable(paths),
          remote: new TreeTable(paths),
          known: new KnownTable(paths),
        };
        const maps = {
          local: new Map<string, unknown>(),
          remote: new Map<string, unknown>(),
          known: new Map<string, unknown>(),
        };
        for (const { table, path, value } of steps) {
          if (value === null) {
            expect(tables[table].delete(path)).toBe(maps[table].delete(path));
          } else {
            maps[table].set(path, value);
            if (table === 'known') tables.known.set(path, value);
            else tables[table].set(path, value);
          }
        }
        for (const name of ['local', 'remote', 'known'] as const) {
          expect(tables[name].size).toBe(maps[name].size);
          expect(new Map<string, unknown>(tables[name])).toEqual(maps[name]);
          for (const [path, value] of maps[name]) expect(tables[name].get(path)).toEqual(value);
        }
        const children = (of: string) =>
          [...maps.local.keys()].filter((path) => path.replace(/\/?[^/]*$/, '') === of).length;
        for (const directory of ['', 'a', 'a/b', 'e'])
          expect(tables.local.childCount(directory)).toBe(children(directory));
      }),
    );
  });

  it('say that a row agrees only when kind, stamps and modes do', () => {
    const paths = new PathTable();
    const [local, remote, table] = [new TreeTable(paths), new TreeTable(paths), new KnownTable(paths)];
    const one = '1'.repeat(16);
    const two = '2'.repeat(16);
    const file = { kind: 'file', mode: 0o644, size: 1, mtime: { s: 1, ns: 1 }, stamp: one } as const;
    const agreed: Known = {
      kind: 'file',
      size: 1,
      hash: 'ab'.repeat(32),
      target: '',
      localStamp: one,
      remoteStamp: two,
      localMode: 0o644,
      remoteMode: 0o600,
    };
    const agrees = () => [...paths.rows()].map(([, row]) => table.agrees(row, local, remote));
    local.set('f', file);
    expect(agrees()).toEqual([false]);
    table.set('f', agreed);
    expect(agrees()).toEqual([false]);
    remote.set('f', { ...file, mode: 0o600, stamp: two });
    expect(agrees()).toEqual([true]);
    for (const wrong of [
      { localStamp: '' },
      { localStamp: undefined },
      { remoteStamp: one },
      { localMode: 0o600 },
      { kind: 'symlink' as const, hash: '' },
    ]) {
      table.set('f', { ...agreed, ...wrong });
      expect(agrees()).toEqual([false]);
    }
    table.set('f', agreed);
    remote.delete('f');
    expect(agrees()).toEqual([false]);
  });
});
