import { describe, expect, it } from 'vitest';

import { type Tombstone, Tombstones } from '../../../src/sync/core/tombstones.js';
import { type Edits, hashOf, type Model, type Named, strangers } from './model.js';

const outcome = ({ local, remote }: Model) => [local.named(), remote.named()];
const image: Named = { keep: 'k', f: 'v1', 'd/x': 'x1' };

/** A first container with this image, in which both sides have become equal, and edits made here while sync runs. */
function run(edits: Edits[], brings: Named = image): Model {
  const model = strangers({}, brings).run().settled();
  for (const edit of edits) model.edit('local', edit).run();
  return model;
}

describe('what was deleted here, when a new container comes', () => {
  const rows: [what: string, edits: Edits[], offline: Edits, image: Named, left: Named][] = [
    [
      'stays deleted when it is in the image as it was',
      [{ f: undefined }],
      {},
      image,
      { keep: 'k', d: 'd', 'd/x': 'x1' },
    ],
    [
      'stays deleted when it was edited before',
      [{ f: 'v2' }, { f: 'v3' }, { f: undefined }],
      {},
      image,
      { keep: 'k', d: 'd', 'd/x': 'x1' },
    ],
    [
      'stays deleted when that was while nothing ran',
      [{ f: 'v2' }],
      { f: undefined },
      image,
      { keep: 'k', d: 'd', 'd/x': 'x1' },
    ],
    ['stays deleted with its folder', [{ 'd/x': 'x2' }, { d: undefined }], {}, image, { keep: 'k', f: 'v1' }],
    [
      'stays deleted when it was made anew in between, and deleted again',
      [{ f: undefined }, { f: 'other' }, { f: 'third' }, { f: undefined }],
      {},
      image,
      { keep: 'k', d: 'd', 'd/x': 'x1' },
    ],
    [
      'comes when the image has something else there: that is a new file',
      [{ f: 'v2' }, { f: undefined }],
      {},
      { ...image, f: 'v9' },
      { keep: 'k', f: 'v9', d: 'd', 'd/x': 'x1' },
    ],
    [
      'comes when the image has the same content elsewhere',
      [{ f: undefined }],
      {},
      { keep: 'k', g: 'v1' },
      { keep: 'k', g: 'v1', d: 'd', 'd/x': 'x1' },
    ],
    [
      'leaves what nobody deleted in a folder that was deleted',
      [{ d: undefined }],
      {},
      { ...image, 'd/new': 'n' },
      { keep: 'k', f: 'v1', d: 'd', 'd/new': 'n' },
    ],
    [
      'stays what it became: a file where the image has a folder',
      [{ d: undefined }, { d: 'a file' }],
      {},
      image,
      { keep: 'k', f: 'v1', d: 'a file' },
    ],
    [
      'stays what it became: a folder where the image has a file',
      [{ f: undefined }, { 'f/y': 'y' }],
      {},
      image,
      { keep: 'k', f: 'd', 'f/y': 'y', d: 'd', 'd/x': 'x1' },
    ],
  ];
  it.each(rows)('%s', (_, edits, offline, brings, left) => {
    // Every time one comes, also one whose image is another in between.
    let model = run(edits).replacedBy(brings, offline).run();
    expect(outcome(model)).toEqual([left, left]);
    expect([model.conflicts, model.trash]).toEqual([[], []]);
    model = model.replacedBy({ keep: 'k' }).run();
    model = model.replacedBy(brings).run();
    expect(outcome(model)).toEqual([left, left]);
  });

  it('stays deleted when the container deleted it', () => {
    const model = run([]).edit('remote', { f: undefined }).run().replacedBy(image).run();
    expect(outcome(model)[1]).toEqual({ keep: 'k', d: 'd', 'd/x': 'x1' });
  });

  it('comes back to a side that is asked to be as the image is', () => {
    const model = run([{ f: undefined }])
      .replacedBy(image, {}, { initial: 'mirrorRemote' })
      .run();
    expect(model.local.named().f).toBe('v1');
  });

  it('stays deleted where sync only uploads, and is not asked for where it only downloads', () => {
    const edits = [{ f: 'v2' }, { f: undefined }];
    const up = run(edits).replacedBy(image, {}, { direction: 'up' }).run();
    expect([up.local.named().f, up.remote.named().f]).toEqual([undefined, undefined]);
    const down = run(edits).replacedBy(image, {}, { direction: 'down' }).run();
    expect([down.local.named().f, down.remote.named().f]).toEqual([undefined, 'v1']);
  });

  it('is told from what is only hidden when the excludes changed, too', () => {
    const model = run([])
      .replacedBy(image, { f: undefined, 'd/x': undefined }, { patternsChanged: true, excludePaths: ['/d'] })
      .run();
    expect(model.remote.named()).toEqual({ keep: 'k', d: 'd', 'd/x': 'x1' });
    // What was hidden may have gone meanwhile for whatever reason.
    expect(model.replacedBy(image, {}, { patternsChanged: true }).run().local.named()['d/x']).toBe('x1');
  });
});

describe('what was edited here, when a new container comes', () => {
  it.each([
    ['as a container had it', [{ f: 'v2 @2' }]],
    ['several times', [{ f: 'v2 @2' }, { f: 'v3 @3' }, { f: 'last @2' }]],
  ])('is no conflict with an image that is older, whatever its time: edited %s', (_, edits) => {
    const brings = { ...image, f: 'v1 @9' };
    let model = run(edits);
    const now = model.local.named();
    for (let life = 0; life < 5; life++) {
      model = model.replacedBy(brings).run();
      expect([model.conflicts, model.trash, model.local.named()]).toEqual([[], [], now]);
      model.edit('local', { f: `edit ${life} @2` }).run();
      now.f = `edit ${life}`;
    }
  });

  it('was a conflict at first, and is none again', () => {
    const model = strangers({ f: 'mine @5' }, image).run();
    expect(model.conflicts).toEqual(['f']);
    // The model has no endpoint that tells what lost.
    const was: Tombstone = { kind: 'file', size: 2, hash: hashOf('v1'), target: '' };
    model.ledger.tombstones.replaced('f', was);
    const next = model
      .settled()
      .replacedBy({ ...image, f: 'v1 @9' })
      .run();
    expect([next.conflicts, next.local.named().f]).toEqual([[], 'mine']);
  });

  it('is a conflict with an image that has another version', () => {
    const model = run([{ f: 'v2 @2' }])
      .replacedBy({ ...image, f: 'v9 @9' })
      .run();
    expect([model.conflicts, model.local.named().f]).toEqual([['f'], 'v9']);
  });
});

describe('tombstones', () => {
  const stone = (hash: string): Tombstone => ({ kind: 'file', size: 1, hash, target: '' });
  const hashes = (stones: Tombstones) => stones.of('f').map(({ hash }) => hash);

  it('keep what each container had at first, and what was there last', () => {
    const stones = new Tombstones();
    for (const hash of ['a1', 'a2', 'a3']) stones.replaced('f', stone(hash));
    stones.removed('f', stone('a4'));
    expect(hashes(stones)).toEqual(['a1', 'a4']);
    for (const [first, second] of [
      ['b1', 'b2'],
      ['a1', 'a2'],
      ['c1', 'c2'],
      ['d1', 'd2'],
    ] as const) {
      stones.meet();
      stones.replaced('f', stone(first));
      stones.removed('f', stone(second));
    }
    expect(hashes(stones)).toEqual(['a1', 'c1', 'd1', 'd2']);
  });
});
