import { describe, expect, it } from 'vitest';
import { Model } from './model.js';
import type { Deed, Holding } from './records.js';

const at = (text: string): Holding[] =>
  text === ''
    ? []
    : text.split(' ').map((part) => ({ path: part.split('=')[0]!, content: part.split('=')[1]! }));
const deed = (made: string, gone = ''): Deed => ({
  at: 0,
  what: 'x',
  made: at(made),
  gone: at(gone),
  states: [],
});

type Step = ['local' | 'remote', Deed] | 'lost remote, Y is here';

const cases: { name: string; steps: Step[]; present: string[]; missing: string }[] = [
  { name: 'what a user made is owed', steps: [['local', deed('p=X')]], present: [], missing: 'p=X' },
  { name: 'wherever it is', steps: [['local', deed('p=X')]], present: ['X'], missing: '' },
  {
    name: 'not after its user replaced it',
    steps: [
      ['local', deed('p=X')],
      ['local', deed('p=Y', 'p=X')],
    ],
    present: ['Y'],
    missing: '',
  },
  {
    name: 'not after the user of the other side removed it there',
    steps: [
      ['local', deed('p=X')],
      ['remote', deed('', 'p=X')],
    ],
    present: [],
    missing: '',
  },
  {
    name: 'but still when something else was removed there',
    steps: [
      ['local', deed('p=X')],
      ['remote', deed('', 'p=Z')],
    ],
    present: [],
    missing: 'p=X',
  },
  {
    name: 'both versions of a conflict',
    steps: [
      ['local', deed('p=X')],
      ['remote', deed('p=Y')],
    ],
    present: ['Y'],
    missing: 'p=X',
  },
  {
    name: 'at the new path when it was moved',
    steps: [
      ['local', deed('p=X')],
      ['local', deed('q=X', 'p=X')],
    ],
    present: [],
    missing: 'q=X',
  },
  {
    name: 'and again when the same user moved it back',
    steps: [
      ['local', deed('p=X')],
      ['local', deed('q=X', 'p=X')],
      ['local', deed('p=X', 'q=X')],
    ],
    present: [],
    missing: 'p=X',
  },
  {
    name: 'not when the other user removed it while it was moved to and fro',
    steps: [
      ['local', deed('p=X')],
      ['remote', deed('', 'p=X')],
      ['local', deed('q=X', 'p=X')],
      ['local', deed('p=X', 'q=X')],
    ],
    present: [],
    missing: '',
  },
  {
    name: 'not when it died with its container before it got here',
    steps: [['remote', deed('p=X q=Y')], 'lost remote, Y is here'],
    present: [],
    missing: 'q=Y',
  },
  {
    name: 'but still when it was made here',
    steps: [['local', deed('p=X')], ['remote', deed('q=X', 'p=Z')], 'lost remote, Y is here'],
    present: [],
    missing: 'p=X',
  },
];

describe('the model of what must not be lost', () => {
  it.each(cases)('$name', ({ missing, present, steps }) => {
    const model = new Model();
    for (const step of steps) {
      if (step === 'lost remote, Y is here') model.lostRemote(at('q=Y'));
      else model.did(step[0], [step[1]]);
    }
    expect(model.missing(new Set(present))).toEqual(at(missing));
  });

  it('knows what no user has written', () => {
    const model = new Model();
    model.did('local', [{ ...deed('p=X'), states: ['half of X'] }]);
    model.saw('remote', [...at('p=X'), { path: 'p', content: 'half of X' }, { path: 'p', content: 'torn' }]);
    expect(model.strange()).toEqual([{ side: 'remote', path: 'p', content: 'torn' }]);
  });
});
