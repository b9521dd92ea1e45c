import { describe, expect, it } from 'vitest';

import { findDanger, removalHold, removalsDueIn, Shrinking } from '../../../src/sync/core/safety.js';
import { diverged, type Edits, type Model, type Named, strangers } from './model.js';

describe('an emptied side', () => {
  const base = { a: '1', 'd/b': '2' };
  const dangerOf = (...args: Parameters<typeof diverged>) => {
    const model = diverged(...args);
    return findDanger(model.ledger, model.planAll(), new Set());
  };

  it.each([
    [
      'the container',
      {},
      { a: undefined, d: undefined },
      { danger: 'emptied', side: 'remote', files: 2, examples: ['a', 'd/b'] },
    ],
    [
      'the container, but for directories',
      {},
      { a: undefined, 'd/b': undefined },
      { danger: 'emptied', side: 'remote', files: 2, examples: ['a', 'd/b'] },
    ],
    [
      'here',
      { a: undefined, d: undefined },
      {},
      { danger: 'emptied', side: 'local', files: 2, examples: ['a', 'd/b'] },
    ],
    ['almost', {}, { d: undefined }, undefined],
    ['both, agreed', { a: undefined, d: undefined }, { a: undefined, d: undefined }, undefined],
  ])('%s', (_, local, remote, expected) => {
    expect(dangerOf(base, local, remote)).toEqual(expected);
  });

  it('is no danger when the container is a new one', () => {
    expect(dangerOf(base, {}, { a: undefined, d: undefined }, { replaced: true })).toBeUndefined();
  });

  it('may have had a single file', () => {
    expect(dangerOf({ a: '1' }, { a: undefined }, {})).toBeUndefined();
  });
});

describe('a mass removal', () => {
  const files = (count: number, from = 0): Named =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `f${String(from + i).padStart(3, '0')}`,
        `content ${from + i}`,
      ]),
    );
  const gone = (count: number, from = 0): Edits =>
    Object.fromEntries(Object.keys(files(count, from)).map((path) => [path, undefined]));
  const dangerOf = (model: Model, approved: string[] = []) => {
    const removals = model.planAll();
    return findDanger(model.ledger, removals, new Set(approved));
  };
  const mass = { danger: 'mass-removal', side: 'remote', files: 60, of: 100 };

  it.each<[string, Edits, object | undefined]>([
    ['more than half', gone(60), { ...mass, examples: ['f000', 'f001', 'f002', 'f003', 'f004'] }],
    ['half', gone(50), undefined],
    [
      'moved',
      {
        ...gone(60),
        ...Object.fromEntries(Object.entries(files(60)).map(([path, text]) => [`d/${path}`, text])),
      },
      undefined,
    ],
  ])('is: %s', (_, remote, expected) => {
    const model = diverged(files(100), {}, remote);
    model.copyOnly();
    const danger = dangerOf(model);
    if (expected) expect(danger).toMatchObject(expected);
    else expect(danger).toBeUndefined();
  });

  it('begins with fifty files', () => {
    expect(dangerOf(diverged(files(60), {}, gone(49)))).toBeUndefined();
    expect(dangerOf(diverged(files(60), {}, gone(50)))).toMatchObject({ files: 50, of: 60 });
  });

  it('is none when it was asked about, nor when the container is a new one', () => {
    expect(dangerOf(diverged(files(100), {}, gone(60)), Object.keys(gone(60)))).toBeUndefined();
    expect(dangerOf(diverged(files(100), gone(60), {}, { replaced: true }))).toBeUndefined();
  });

  it('is one when a mirror of the container takes what was only ever here', () => {
    const mirror = (local: Named, remote: Named) =>
      dangerOf(strangers(local, remote, { initial: 'mirrorRemote' }));
    expect(mirror(files(60), { a: '1' })).toMatchObject({
      danger: 'mass-removal',
      side: 'remote',
      files: 60,
      of: 60,
    });
    expect(mirror(files(60), {})).toMatchObject({ danger: 'emptied', side: 'remote', files: 60 });
    // Here it would be the container's own files, which an image brings.
    expect(dangerOf(strangers({ a: '1' }, files(60), { initial: 'mirrorLocal' }))).toBeUndefined();
    expect(dangerOf(strangers({}, files(60), { initial: 'mirrorLocal' }))).toMatchObject({
      danger: 'emptied',
      side: 'local',
    });
  });

  it('of an emptied side is seen although something new is there', () => {
    const model = diverged(files(5), gone(5), { new: 'n' });
    model.copyOnly();
    expect(dangerOf(model)).toBeUndefined();
    expect(findDanger(model.ledger, model.planAll(), new Set(), new Set(['local']))).toMatchObject({
      danger: 'emptied',
      files: 5,
    });
  });
});

describe('a tree that is wiped slowly', () => {
  const files = (count: number): Named =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`f${String(i).padStart(3, '0')}`, `content ${i}`]),
    );
  const without = (from: number, to: number): Edits =>
    Object.fromEntries(
      Object.keys(files(to))
        .slice(from)
        .map((path) => [path, undefined]),
    );

  const none = new Set<string>();
  const rest = (from: number): Named => Object.fromEntries(Object.entries(files(100)).slice(from));
  const first = () => {
    const model = diverged(files(100), {}, without(0, 50));
    return { model, removed: model.planAll() };
  };
  const noted = (approved: ReadonlySet<string> = none, now?: number) => {
    const { model, removed } = first();
    const lately = new Shrinking();
    lately.note(model.ledger, removed, approved, now);
    return lately;
  };

  it('is recognised by what there was a little before', () => {
    const { model, removed } = first();
    expect(findDanger(model.ledger, removed, none)).toBeUndefined();
    const next = diverged(rest(50), {}, without(50, 60));
    const planned = next.planAll();
    expect(findDanger(next.ledger, planned, none)).toBeUndefined();
    expect(findDanger(next.ledger, planned, none, undefined, noted())).toMatchObject({
      side: 'remote',
      files: 10,
      of: 50,
      lately: 50,
    });
  });

  it('is none when it has grown again, somebody agreed, or it was long ago', () => {
    const grown = diverged(files(100), {}, without(0, 10));
    expect(findDanger(grown.ledger, grown.planAll(), none, undefined, noted())).toBeUndefined();
    expect(noted(new Set(first().removed.map(({ path }) => path))).before('local')).toBe(0);
    expect(noted(none, 0).before('local', 59_999)).toBe(100);
    expect(noted(none, 0).before('local', 60_000)).toBe(0);
    expect(noted().before('remote')).toBe(0);
  });
});

describe('held removals', () => {
  const { fewLongestMs, quietMs, smallLongestMs } = removalHold;
  it.each([
    ['are due when none came for a while', { count: 5, first: 0, last: 0 }, quietMs + 1, 0],
    ['wait for quiet', { count: 10, first: 0, last: 80 }, 100, quietMs - 19],
    ['wait longer when they are many', { count: 10_000, first: 0, last: 0 }, 0, quietMs + 1000],
    ['that are few do not wait for ever', { count: 5, first: 0, last: fewLongestMs }, fewLongestMs, 0],
    ['that are some wait longer', { count: 200, first: 0, last: fewLongestMs }, fewLongestMs, quietMs + 20],
    ['that are some do not wait for ever', { count: 200, first: 0, last: smallLongestMs }, smallLongestMs, 0],
    ['that are many wait for their end', { count: 500, first: 0, last: 99_000 }, 99_000, quietMs + 50],
  ])('%s', (_, held, now, expected) => {
    expect(removalsDueIn(held, 1000, now)).toBeCloseTo(expected);
  });
});
