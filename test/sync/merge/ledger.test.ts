import { describe, expect, it } from 'vitest';

import type { Entry } from '../../../src/sync/core/entry.js';
import { compileRules } from '../../../src/sync/core/ignore.js';
import { Ledger } from '../../../src/sync/merge/ledger.js';

const policy = { direction: 'both', initial: undefined } as const;
const ledgerOf = () =>
  new Ledger(
    compileRules({}),
    policy,
    () => {},
    () => {},
  );

describe('what could not be looked into', () => {
  const directory = { kind: 'directory', mode: 0o755, stamp: '1'.repeat(16) } as const;
  const hidden: [string, Entry][] = [
    ['a link to the outside', { kind: 'symlink', target: '/etc', stamp: '2'.repeat(16) }],
    ['a FIFO', { kind: 'other', what: 'FIFO' }],
    ['an unreadable directory', { kind: 'unreadable', reason: 'permission denied' }],
  ];
  const ways = {
    'is told to be gone': (ledger: Ledger) => ledger.changed('remote', [{ path: 'd/x', kind: 'absent' }]),
    'went with its directory': (ledger: Ledger) => ledger.changed('remote', [{ path: 'd', kind: 'absent' }]),
    'is not found by a scan': (ledger: Ledger) => {
      const scanning = ledger.scanning('remote', '');
      ledger.changed('remote', [{ path: 'd', ...directory }]);
      scanning.end();
    },
    'is a directory now': (ledger: Ledger) => ledger.changed('remote', [{ path: 'd/x', ...directory }]),
  };
  it.each(hidden.flatMap(([name, entry]) => Object.keys(ways).map((way) => [name, way, entry] as const)))(
    '%s: when it %s, all that the other side has below is looked at again',
    (_, way, entry) => {
      const ledger = ledgerOf();
      for (const path of ['d', 'd/x', 'd/x/y', 'd/x/y/z']) ledger.changed('local', [{ path, ...directory }]);
      ledger.changed('remote', [
        { path: 'd', ...directory },
        { path: 'd/x', ...entry },
      ]);
      ledger.dirty.take();
      ways[way as keyof typeof ways](ledger);
      expect([...ledger.dirty]).toEqual(expect.arrayContaining(['d/x', 'd/x/y', 'd/x/y/z']));
    },
  );
});
