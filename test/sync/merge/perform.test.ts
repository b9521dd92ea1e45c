import { lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isFailure } from '../../../src/base/failure.js';
import { compileRules } from '../../../src/sync/core/ignore.js';
import { plan } from '../../../src/sync/core/plan.js';
import { type Local, openLocal } from '../../../src/sync/local/local.js';
import { observe } from '../../../src/sync/local/observe.js';
import { Ledger } from '../../../src/sync/merge/ledger.js';
import { type Change, perform } from '../../../src/sync/merge/perform.js';
import type { Sides } from '../../../src/sync/merge/sides.js';

let base: string;
let local: Local;
let ledger: Ledger;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'devspace-perform-'));
  mkdirSync(join(base, 'root'));
  local = openLocal(join(base, 'root'), compileRules({}));
  ledger = new Ledger(
    compileRules({}),
    { direction: 'both', initial: undefined },
    () => {},
    () => {},
  );
});
afterEach(async () => {
  await local[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

const seen = (path: string) => {
  const entry = observe(local.root, path);
  if (entry === undefined) throw new Error(`${path} is not there`);
  ledger.changed('local', [{ path, ...entry }]);
  return entry;
};

describe('a change of mode', () => {
  it('does not touch content that came after it was planned, and says nothing of it', async () => {
    const file = join(local.root, 'f');
    writeFileSync(file, 'one');
    const before = seen('f');
    if (before.kind !== 'file') throw new Error('it is a file');
    const remote = { ...before, stamp: 'r1', mode: before.mode | 0o111 };
    ledger.changed('remote', [{ path: 'f', ...remote }]);
    ledger.record('f', before, { ...remote, mode: before.mode }, 'ab'.repeat(32));
    const [planned] = plan(ledger, ['f']);
    expect(planned).toMatchObject({ do: 'chmod', to: 'local' });

    writeFileSync(file, 'two');
    const edited = seen('f');
    // Changing a mode asks nothing of the container.
    const sides = { local } as unknown as Sides;
    await expect(perform(planned as Change, sides, ledger, () => {})).rejects.toSatisfy((error) =>
      isFailure(error, 'SYNC_FILE_CHANGED'),
    );
    expect(lstatSync(file).mode & 0o111).toBe(0);
    expect(ledger.ancestor.get('f')?.localStamp).not.toBe('stamp' in edited ? edited.stamp : '');
  });
});
