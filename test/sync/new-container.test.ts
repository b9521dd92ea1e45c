import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { SyncOptions } from '../../src/sync/session.js';
import { helperMissing, pairForEachTest, type Pair, put, readTree } from './rig.js';

const missing = helperMissing();
if (missing) console.log(`new containers are not tested: ${missing}`);

describe.skipIf(missing)('a new container', { timeout: 30_000 }, () => {
  let pair: Pair;
  pairForEachTest((fresh) => (pair = fresh));
  const image = { keep: 'k', f: 'v1', 'd/x': 'x1' };
  let containers = 0;

  /** One more, with what its image brings, newer than all that is here. */
  const begin = async (brings: Record<string, string> = image, options: Partial<SyncOptions> = {}) => {
    rmSync(pair.remote, { recursive: true });
    put(pair.remote, brings);
    const late = Date.now() / 1000 + 3600;
    for (const path of Object.keys(brings)) utimesSync(join(pair.remote, path), late, late);
    const session = await pair.start({ remoteIdentity: `container ${++containers}`, ...options });
    await session.initialDone;
    return session;
  };
  const here = (path: string) => existsSync(join(pair.local, path));
  const there = (path: string) => existsSync(join(pair.remote, path));
  const text = (path: string) => readFileSync(join(pair.remote, path), 'utf8');
  const conflicts = () => pair.events.filter(({ type }) => type === 'sync-conflict');
  const edit = async (path: string, content: string) => {
    put(pair.local, { [path]: content });
    await pair.until(`${path} is ${content}`, () => there(path) && text(path) === content);
  };

  it('does not bring back what was edited and deleted here', async () => {
    let session = await begin();
    await edit('f', 'second');
    await edit('f', 'third, longer');
    rmSync(join(pair.local, 'f'));
    await pair.until('it is gone', () => !there('f'));
    for (let life = 0; life < 3; life++) {
      await session.stop();
      session = await begin();
      await pair.equal();
      expect([here('f'), here('keep')]).toEqual([false, true]);
    }
    // Another content is a new file, and in the same container any is.
    await session.stop();
    await begin({ ...image, f: 'new in the image' });
    await pair.equal();
    expect(here('f')).toBe(true);
    rmSync(join(pair.local, 'f'));
    await pair.until('it is gone', () => !there('f'));
    put(pair.remote, { f: 'v1' });
    await pair.until('it is here', () => here('f'));
    expect(conflicts()).toEqual([]);
  });

  it('does not bring back what was edited before and deleted while nothing ran', async () => {
    const session = await begin();
    await edit('f', 'second');
    await session.stop();
    rmSync(join(pair.local, 'f'));
    await begin();
    await pair.equal();
    expect([here('f'), here('keep')]).toEqual([false, true]);
  });

  it('has older versions of what was edited, which is no conflict but the first time', async () => {
    put(pair.local, { f: 'mine' });
    utimesSync(join(pair.local, 'f'), Date.now() / 1000 + 7200, Date.now() / 1000 + 7200);
    let session = await begin();
    await pair.equal();
    expect(conflicts()).toHaveLength(1);
    await edit('d/x', 'x2');
    for (let life = 0; life < 2; life++) {
      await edit('f', `edit ${life}`);
      await session.stop();
      session = await begin();
      await pair.equal();
      expect([text('f'), text('d/x')]).toEqual([`edit ${life}`, 'x2']);
    }
    expect(conflicts()).toHaveLength(1);
  });

  it('of several is known from the others: what was deleted is deleted there, too', async () => {
    const session = await begin(image, { stateKey: 'all' });
    await edit('f', 'second');
    for (const path of ['f', 'd']) rmSync(join(pair.local, path), { recursive: true });
    await pair.until('they are gone', () => !there('f') && !there('d'));
    await session.stop();
    const replica = {
      stateKey: 'one',
      formerKey: 'all',
      direction: 'up',
      initialSync: 'preferLocal',
    } as const;
    await begin({ ...image, own: 'of the image' }, replica);
    expect(Object.keys(readTree(pair.remote))).toEqual(['keep', 'own']);
    expect(Object.keys(readTree(pair.local))).toEqual(['keep']);
  });
});
