import { describe, expect, it } from 'vitest';

import type { InitialSync } from '../../../src/sync/core/initial.js';
import { diverged, type Edits, type Model, type Named, strangers } from './model.js';

/** Both sides in a few words: `local | remote`, and in brackets what went to the trash, `!` for what is told to differ. */
function outcome(model: Model): string {
  const [local, remote] = [inWords(model.local.named()), inWords(model.remote.named())];
  const trash = model.trash.map(({ path, content }) => ` [${path}=${content}]`).join('');
  return `${local === remote ? local : `${local} | ${remote}`}${trash}${model.told.map((path) => ` !${path}`).join('')}`;
}

const inWords = (named: Named): string =>
  Object.entries(named)
    .map(([path, text]) => (text === 'd' ? `${path}/` : `${path}=${text}`))
    .join(' ') || '-';

const modes: InitialSync[] = [
  'preferNewest',
  'preferLocal',
  'preferRemote',
  'mirrorLocal',
  'mirrorRemote',
  'keepAll',
  'disabled',
];
/** One expectation for each mode, in that order. */
type Row = [what: string, local: Edits, remote: Edits, ...expected: string[]];

function check(rows: Row[], make: (local: Edits, remote: Edits, initial: InitialSync) => Model) {
  const cases = rows.flatMap(([what, local, remote, ...expected]) =>
    modes.map((mode, at) => [`${what}: ${mode}`, local, remote, mode, expected[at] ?? ''] as const),
  );
  it.each(cases)('%s', (_, local, remote, mode, expected) => {
    const model = make(local, remote, mode).run();
    expect(outcome(model)).toBe(expected);
    // Nothing of it happens later either, when the mode does not count any more: neither a storm of conflicts nor a loop.
    if (mode === 'keepAll' || mode === 'disabled') expect(outcome(model.settled().run())).toBe(expected);
    expect(model.planAll()).toEqual([]);
  });
}

describe('a mode without an ancestor', () => {
  const rows: Row[] = [
    ['only here', { a: '1' }, {}, 'a=1', 'a=1', 'a=1', 'a=1', '- [a=1]', 'a=1', 'a=1 | -'],
    ['only there', {}, { a: '1' }, 'a=1', 'a=1', 'a=1', '-', 'a=1', 'a=1', '- | a=1'],
    ['equal', { a: '1 @1' }, { a: '1 @2' }, 'a=1', 'a=1', 'a=1', 'a=1', 'a=1', 'a=1', 'a=1'],
    [
      'newer there',
      { a: 'L @1' },
      { a: 'R @2' },
      'a=R [a=L]',
      'a=L [a=R]',
      'a=R [a=L]',
      'a=L',
      'a=R [a=L]',
      'a=L | a=R !a',
      'a=L | a=R !a',
    ],
    [
      'newer here',
      { a: 'L @2' },
      { a: 'R @1' },
      'a=L [a=R]',
      'a=L [a=R]',
      'a=R [a=L]',
      'a=L',
      'a=R [a=L]',
      'a=L | a=R !a',
      'a=L | a=R !a',
    ],
    [
      'executable there',
      { a: '1 @2' },
      { a: '1 @1 +x' },
      'a=1',
      'a=1',
      'a=1 +x',
      'a=1',
      'a=1 +x',
      'a=1',
      'a=1 | a=1 +x',
    ],
    [
      'a file here, a directory there',
      { a: 'L' },
      { 'a/b': 'R' },
      'a/ a/b=R [a=L]',
      'a/ a/b=R [a=L]',
      'a/ a/b=R [a=L]',
      'a=L',
      'a/ a/b=R [a=L]',
      'a=L | a/ a/b=R !a',
      'a=L | a/ a/b=R !a',
    ],
    [
      'a directory here, a file there',
      { 'a/b': 'L' },
      { a: 'R' },
      'a/ a/b=L [a=R]',
      'a/ a/b=L [a=R]',
      'a/ a/b=L [a=R]',
      'a/ a/b=L',
      'a=R [a/b=L]',
      'a/ a/b=L | a=R !a',
      'a/ a/b=L | a=R !a',
    ],
    [
      'a directory of which each side has a part',
      { 'd/l': 'l' },
      { 'd/r': 'r' },
      'd/ d/l=l d/r=r',
      'd/ d/l=l d/r=r',
      'd/ d/l=l d/r=r',
      'd/ d/l=l',
      'd/ d/r=r [d/l=l]',
      'd/ d/l=l d/r=r',
      'd/ d/l=l | d/ d/r=r',
    ],
  ];
  check(rows, (local, remote, initial) => strangers(local as Named, remote as Named, { initial }));
});

describe('a mode with an ancestor', () => {
  const rows: Row[] = [
    ['unchanged', {}, {}, 'a=base', 'a=base', 'a=base', 'a=base', 'a=base', 'a=base', 'a=base'],
    ['edited here', { a: 'L' }, {}, 'a=L', 'a=L', 'a=L', 'a=L', 'a=base [a=L]', 'a=L', 'a=L | a=base !a'],
    ['edited there', {}, { a: 'R' }, 'a=R', 'a=R', 'a=R', 'a=base [a=R]', 'a=R', 'a=R', 'a=base | a=R !a'],
    [
      'edited there, same size',
      {},
      { a: 'BASE' },
      'a=BASE',
      'a=BASE',
      'a=BASE',
      'a=base [a=BASE]',
      'a=BASE',
      'a=BASE',
      'a=base | a=BASE !a',
    ],
    [
      'edited on both sides, newer there',
      { a: 'L @5' },
      { a: 'R @6' },
      'a=R [a=L]',
      'a=L [a=R]',
      'a=R [a=L]',
      'a=L [a=R]',
      'a=R [a=L]',
      'a=L | a=R !a',
      'a=L | a=R !a',
    ],
    ['deleted here', { a: undefined }, {}, '-', '-', '-', '-', 'a=base', '-', '- | a=base'],
    [
      'deleted there',
      {},
      { a: undefined },
      '- [a=base]',
      '- [a=base]',
      '- [a=base]',
      'a=base',
      '- [a=base]',
      '- [a=base]',
      'a=base | -',
    ],
    [
      'deleted here, edited there',
      { a: undefined },
      { a: 'R' },
      'a=R',
      'a=R',
      'a=R',
      '- [a=R]',
      'a=R',
      'a=R',
      '- | a=R',
    ],
    [
      'edited here, deleted there',
      { a: 'L' },
      { a: undefined },
      'a=L',
      'a=L',
      'a=L',
      'a=L',
      '- [a=L]',
      'a=L',
      'a=L | -',
    ],
    ['deleted on both', { a: undefined }, { a: undefined }, '-', '-', '-', '-', '-', '-', '-'],
    [
      'made executable there',
      {},
      { a: 'base +x' },
      'a=base +x',
      'a=base +x',
      'a=base +x',
      'a=base',
      'a=base +x',
      'a=base +x',
      'a=base | a=base +x',
    ],
  ];
  check(rows, (local, remote, initial) => diverged({ a: 'base' }, local, remote, { initial }));
});

describe('a mode with a new container', () => {
  const rows: Row[] = [
    [
      'the image has an older one',
      { a: 'L @5' },
      { a: 'R @1' },
      'a=L [a=R]',
      'a=L [a=R]',
      'a=R [a=L]',
      'a=L',
      'a=R [a=L]',
      'a=L | a=R !a',
      'a=L | a=R !a',
    ],
    ['deleted here', { a: undefined }, {}, '-', '-', '-', '-', 'a=base', '-', '- | a=base'],
    [
      'not in the image',
      {},
      { a: undefined },
      'a=base',
      'a=base',
      'a=base',
      'a=base',
      '- [a=base]',
      'a=base',
      'a=base | -',
    ],
  ];
  check(rows, (local, remote, initial) =>
    diverged({ a: 'base' }, local, remote, { initial, replaced: true }),
  );
});

describe('a mirror mode', () => {
  it.each([
    ['mirrorLocal', { uploadExcludePaths: ['node_modules/'] }, 'a=1 | a=1 node_modules/ node_modules/m=m'],
    [
      'mirrorRemote',
      { downloadExcludePaths: ['keep'] },
      'keep=k node_modules/ node_modules/m=m | node_modules/ node_modules/m=m [a=1]',
    ],
  ] as const)('%s leaves what is excluded in that direction', (initial, patterns, expected) => {
    const local: Named = initial === 'mirrorLocal' ? { a: '1' } : { a: '1', keep: 'k' };
    expect(outcome(strangers(local, { 'node_modules/m': 'm' }, { initial, ...patterns }).run())).toBe(
      expected,
    );
  });

  it.each([
    ['mirrorLocal', 'down'],
    ['mirrorRemote', 'up'],
  ] as const)('%s changes nothing against the direction %s', (initial, direction) => {
    const model = strangers({ a: 'L', l: 'l' }, { a: 'R', r: 'r' }, { initial, direction });
    const fixed = direction === 'up' ? model.local : model.remote;
    const before = fixed.named();
    model.run();
    expect(fixed.named()).toEqual(before);
  });
});

describe('what keepAll left different', () => {
  const left = () => strangers({ a: 'L @1' }, { a: 'R @9' }, { initial: 'keepAll' }).run().settled().run();

  it.each<[string, Edits, Edits, string]>([
    ['the one here is changed', { a: 'L2 @2' }, {}, 'a=L2 [a=R] !a'],
    ['the one there is changed', {}, { a: 'R2 @2' }, 'a=R2 [a=L] !a'],
    ['the one here is removed', { a: undefined }, {}, 'a=R !a'],
    ['the one there is removed', {}, { a: undefined }, 'a=L !a'],
    ['both are removed', { a: undefined }, { a: undefined }, '- !a'],
    ['both are made equal', { a: 'same' }, { a: 'same' }, 'a=same !a'],
  ])('ends when %s', (_, local, remote, expected) => {
    const model = left();
    model.edit('local', local).edit('remote', remote);
    expect(outcome(model.run())).toBe(expected);
    expect(model.ledger.parked.size).toBe(0);
    expect(model.planAll()).toEqual([]);
  });
});

describe('one direction', () => {
  const base: Named = { a: 'base', 'd/x': 'x' };
  const rows: [
    what: string,
    sender: Edits,
    receiver: Edits,
    sent: string,
    received: string,
    conflicts: string[],
  ][] = [
    ['nothing changed', {}, {}, 'a=base d/ d/x=x', 'a=base d/ d/x=x', []],
    ['edited by the sender', { a: 'S' }, {}, 'a=S d/ d/x=x', 'a=S d/ d/x=x', []],
    ['edited by the receiver', {}, { a: 'T' }, 'a=base d/ d/x=x', 'a=T d/ d/x=x', []],
    ['edited by the receiver, same size', {}, { a: 'BASE' }, 'a=base d/ d/x=x', 'a=BASE d/ d/x=x', []],
    ['touched by the receiver', {}, { a: 'base @9' }, 'a=base d/ d/x=x', 'a=base d/ d/x=x', []],
    [
      'touched by the sender, edited by the receiver',
      { a: 'base @9' },
      { a: 'T' },
      'a=base d/ d/x=x',
      'a=T d/ d/x=x',
      [],
    ],
    [
      'edited by both, newer at the receiver',
      { a: 'S @2' },
      { a: 'T @9' },
      'a=S d/ d/x=x',
      'a=S d/ d/x=x',
      ['a'],
    ],
    ['removed by the receiver', {}, { a: undefined }, 'a=base d/ d/x=x', 'd/ d/x=x', []],
    [
      'removed by the receiver, edited by the sender',
      { a: 'S' },
      { a: undefined },
      'a=S d/ d/x=x',
      'a=S d/ d/x=x',
      [],
    ],
    [
      'removed by the sender, edited by the receiver',
      { a: undefined },
      { a: 'T' },
      'd/ d/x=x',
      'd/ d/x=x',
      ['a'],
    ],
    ['new at the receiver', {}, { n: 'n' }, 'a=base d/ d/x=x', 'a=base d/ d/x=x n=n', []],
    ['new at both', { n: 'S @1' }, { n: 'T @9' }, 'a=base d/ d/x=x n=S', 'a=base d/ d/x=x n=S', ['n']],
    ['made executable by the receiver', {}, { a: 'base +x' }, 'a=base d/ d/x=x', 'a=base +x d/ d/x=x', []],
    [
      'made executable by the receiver, edited by the sender',
      { a: 'S' },
      { a: 'base +x' },
      'a=S d/ d/x=x',
      'a=S +x d/ d/x=x',
      [],
    ],
    ['made executable by the sender', { a: 'base +x' }, {}, 'a=base +x d/ d/x=x', 'a=base +x d/ d/x=x', []],
    [
      'a directory removed by the sender, new inside at the receiver',
      { d: undefined },
      { 'd/n': 'n' },
      'a=base',
      'a=base d/ d/n=n',
      [],
    ],
    [
      'a file that becomes a directory',
      { 'a/in': 'in' },
      {},
      'a/ a/in=in d/ d/x=x',
      'a/ a/in=in d/ d/x=x',
      [],
    ],
    [
      'a file that becomes a directory, edited by the receiver',
      { 'a/in': 'in' },
      { a: 'T' },
      'a/ a/in=in d/ d/x=x',
      'a/ a/in=in d/ d/x=x',
      ['a'],
    ],
    ['a directory that becomes a file', { d: 'S' }, {}, 'a=base d=S', 'a=base d=S', []],
    [
      'a directory that becomes a file, new inside at the receiver',
      { d: 'S' },
      { 'd/n': 'n' },
      'a=base d=S',
      'a=base d/ d/n=n',
      [],
    ],
  ];
  describe.each(['up', 'down'] as const)('%s', (direction) => {
    it.each(rows)('%s', (_, sender, receiver, sent, received, conflicts) => {
      const isUp = direction === 'up';
      const model = diverged(base, isUp ? sender : receiver, isUp ? receiver : sender, { direction });
      const [from, to] = isUp ? [model.local, model.remote] : [model.remote, model.local];
      const before = from.named();
      model.run();
      expect(from.named()).toEqual(before);
      expect([inWords(from.named()), inWords(to.named())]).toEqual([sent, received]);
      // What the receiver had changed itself and lost is kept.
      expect(model.conflicts).toEqual(conflicts);
      // Another look finds nothing to do, also after a restart; of what is in the way is told as long as it is so.
      expect(model.planAll().filter((action) => action.do !== 'obstructed')).toEqual([]);
    });
  });
});
