import { describe, expect, it } from 'vitest';
import type { Entry, Known } from '../../../src/sync/core/entry.js';
import { compileRules } from '../../../src/sync/core/ignore.js';
import { explain, explainStart } from '../../../src/sync/inspect/explain.js';
import { Ledger } from '../../../src/sync/merge/ledger.js';

/** Stamps are 16 hex digits. */
const stampOf = (name: string) => name.charCodeAt(0).toString(16).padStart(16, '0');
const file = (stamp: string, size = 1, mode = 0o644): Entry => {
  return { kind: 'file', mode, size, mtime: { s: 1, ns: 0 }, stamp: stampOf(stamp) };
};
const known = (localStamp: string, remoteStamp: string): Known => {
  const modes = { localMode: 0o644, remoteMode: 0o644 };
  return {
    kind: 'file',
    size: 1,
    hash: 'ab'.repeat(32),
    target: '',
    localStamp: stampOf(localStamp),
    remoteStamp: stampOf(remoteStamp),
    ...modes,
  };
};
const fifo: Entry = { kind: 'other', what: 'FIFO' };

describe('explain', () => {
  it.each<[string, { local?: Entry; remote?: Entry; known?: Known; sees?: boolean }, string]>([
    ['nothing', {}, 'is on neither side, and was not when they were last synced'],
    ['gone', { known: known('l', 'r') }, 'is gone on both sides'],
    ['a FIFO', { local: fifo }, 'is not synced: it is a FIFO here'],
    ['equal', { local: file('l'), remote: file('r'), known: known('l', 'r') }, 'is the same on both sides'],
    ['new here', { local: file('l') }, 'is only here; the next merge copies it into the container'],
    ['new there', { remote: file('r') }, 'is only in the container; the next merge copies it here'],
    [
      'changed there',
      { local: file('l'), remote: file('x', 2), known: known('l', 'r') },
      'was changed in the container; the next merge copies it here',
    ],
    [
      'changed on both',
      { local: file('x', 3), remote: file('y', 2), known: known('l', 'r') },
      'is a conflict: the one here wins at the next merge, the one in the container is kept in the trash',
    ],
    [
      'deleted there',
      { local: file('l'), known: known('l', 'r') },
      'was deleted in the container; the next merge deletes it here',
    ],
    [
      'unchanged, unseen',
      { local: file('l'), known: known('l', 'r'), sees: false },
      'is as it was when it was last synced',
    ],
    [
      'changed, unseen',
      { local: file('x', 2), known: known('l', 'r'), sees: false },
      'was changed here since the last sync',
    ],
    ['deleted, unseen', { known: known('l', 'r'), sees: false }, 'was deleted here since the last sync'],
  ])('%s', (_, { known, local, remote, sees = true }, expected) => {
    const ledger = new Ledger(
      compileRules({}),
      { direction: 'both', initial: undefined },
      () => {},
      () => {},
    );
    if (local) ledger.changed('local', [{ path: 'a', ...local }]);
    if (remote) ledger.changed('remote', [{ path: 'a', ...remote }]);
    if (known) ledger.ancestor.set('a', known);
    expect(explain(ledger, 'a', sees)).toBe(expected);
  });

  const ledgerOf = (
    { direction = 'both', ...sides }: { direction?: 'both' | 'up' | 'down'; local?: Entry; remote?: Entry },
    past?: Known,
  ) => {
    const ledger = new Ledger(
      compileRules({}),
      { direction, initial: undefined },
      () => {},
      () => {},
    );
    for (const side of ['local', 'remote'] as const) {
      const entry = sides[side];
      if (entry) ledger.changed(side, [{ path: 'a', ...entry }]);
    }
    if (past) ledger.ancestor.set('a', past);
    return ledger;
  };

  it.each([
    ['up', { local: file('l') }, undefined, 'is only here; the next merge copies it into the container'],
    [
      'up',
      { remote: file('r') },
      undefined,
      'is left alone, where only one side has it: this sync only uploads, and nothing new is here',
    ],
    [
      'down',
      { local: file('x', 2), remote: file('r') },
      known('l', 'r'),
      'is left as it is on both sides: this sync only downloads, and nothing new is in the container',
    ],
    [
      'down',
      { local: file('l') },
      known('l', 'r'),
      'was deleted in the container; the next merge deletes it here',
    ],
  ] as const)('knows the direction %s: %j', (direction, sides, past, expected) => {
    expect(explain(ledgerOf({ direction, ...sides }, past), 'a', true)).toBe(expected);
  });

  it.each([
    ['preferNewest', { local: file('l') }, undefined],
    [
      'mirrorLocal',
      { remote: file('r') },
      'is only in the container; the first merge deletes it there, to make both sides equal',
    ],
    [
      'mirrorRemote',
      { local: file('l') },
      'is only here; the first merge deletes it there, to make both sides equal',
    ],
    [
      'preferRemote',
      { local: file('l', 2), remote: file('r') },
      'is a conflict: the one in the container wins at the first merge, the one here is kept in the trash',
    ],
    [
      'keepAll',
      { local: file('l', 2), remote: file('r') },
      'is different on purpose, until one side changes',
    ],
  ] as const)('says what the next start decides otherwise: %s, %j', (initialSync, sides, expected) => {
    expect(explainStart(ledgerOf(sides), 'a', { initialSync, leaveRemoteOnly: false })).toBe(expected);
  });

  it('says that a new start settles what was left different', () => {
    const ledger = ledgerOf({ local: file('l', 2), remote: file('r') });
    ledger.park('a');
    expect(explain(ledger, 'a', true)).toMatch(/^was different when a sync started/);
    const start = (initialSync: 'keepAll' | 'preferLocal') =>
      explainStart(ledger, 'a', { initialSync, leaveRemoteOnly: false });
    expect(start('keepAll')).toBeUndefined();
    expect(start('preferLocal')).toMatch(/^is a conflict: the one here wins at the first merge/);
  });

  it('says that what is excluded from one direction stays', () => {
    const rules = compileRules({ uploadExcludePaths: ['a'] });
    const ledger = new Ledger(
      rules,
      { direction: 'both', initial: undefined },
      () => {},
      () => {},
    );
    ledger.changed('local', [{ path: 'a', ...file('l') }]);
    expect(explain(ledger, 'a', true)).toBe('differs, and stays so: it is excluded from being uploaded');
  });
});
