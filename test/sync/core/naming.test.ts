import { describe, expect, it } from 'vitest';

import {
  exactNaming,
  type Naming,
  namingKey,
  spelled,
  whyImpossible,
} from '../../../src/sync/core/naming.js';
import { diverged, type Edits, type ModelOptions, type Named, strangers } from './model.js';

const insensitive: Naming = { ...exactNaming, caseInsensitive: true, formInsensitive: true };
const hfs: Naming = { ...insensitive, decomposes: true };
const windows: Naming = { ...exactNaming, caseInsensitive: true, windows: true };
const nfc = 'caf\u00e9';
const nfd = 'cafe\u0301';

describe('what is one path', () => {
  it.each([
    ['README', 'readme', true],
    ['Dir/a', 'dir/A', true],
    ['ÄPFEL', 'äpfel', true],
    ['Σίσυφος', 'ΣΊΣΥΦΟΣ', true],
    [nfc, nfd, true],
    [nfc.toUpperCase(), nfd, true],
    ['a', 'b', false],
    ['cafe', nfc, false],
  ])('%s and %s: %s', (a, b, same) => {
    const key = namingKey(insensitive);
    expect(key?.(a) === key?.(b)).toBe(same);
  });

  it('is told apart only as far as the file system does', () => {
    expect(namingKey(exactNaming)).toBeUndefined();
    const byCase = namingKey(windows);
    expect(byCase?.(nfc)).not.toBe(byCase?.(nfd));
    const byForm = namingKey({ ...exactNaming, formInsensitive: true });
    expect(byForm?.('A')).not.toBe(byForm?.('a'));
    expect(byForm?.(nfc)).toBe(byForm?.(nfd));
  });
});

describe('a name that is impossible here', () => {
  it.each([
    ['a:b', '":" cannot'],
    ['d/what?', '"?" cannot'],
    ['back\\slash', '"\\\\" cannot'],
    ['..\\..\\outside', '"\\\\" cannot'],
    ['\\\\server\\share', '"\\\\" cannot'],
    ['\\\\?\\C:\\x', 'cannot'],
    ['C:', '":" cannot'],
    ['d/C:\\x', 'cannot'],
    ['file:stream', '":" cannot'],
    ['new\nline', '"\\n" cannot'],
    ['dot.', 'end with a dot'],
    ['space ', 'end with a dot or a space'],
    ['nul', 'reserved'],
    ['Con.txt', 'reserved'],
    ['d/COM1', 'reserved'],
    ['lpt\u00b2.log', 'reserved'],
    ['conin$', 'reserved'],
    ['DEVSPA~1', 'short form'],
    ['.DevSpace', '.devspace is kept for sync'],
    ['x/.DEVSPACE-stage-1', 'kept for sync'],
  ])('on Windows: %j', (path, why) => {
    expect(whyImpossible(windows, path)).toContain(why);
    expect(whyImpossible(exactNaming, path)).toBeUndefined();
  });

  it.each(['console', 'com', 'com10', 'nul-1', '.env', 'a b', 'x/.hidden', nfd])('is not %j', (path) => {
    expect(whyImpossible(windows, path)).toBeUndefined();
  });

  it('is one that would find what sync keeps for itself', () => {
    for (const path of ['.DEVSPACE', '.dev\u200cspace', 'x/.Devspace-y', 'x/.DEVSPACE'])
      expect(whyImpossible(insensitive, path)).toContain('kept for sync itself');
    expect(whyImpossible(insensitive, 'x/.DEVSPACES')).toBeUndefined();
  });

  it('is one the file system would spell in another way', () => {
    expect(whyImpossible(hfs, nfd)).toContain('NFD');
    expect(whyImpossible(hfs, nfc)).toBeUndefined();
    expect(spelled(hfs, nfd)).toBe(nfc);
    expect(spelled(insensitive, nfd)).toBe(nfd);
  });
});

/** What both sides have in the end. */
const ends = (model: ReturnType<typeof strangers>) => {
  model.run();
  const text = (named: Named) =>
    Object.entries(named)
      .map(([path, content]) => `${path}=${content}`)
      .join(' ');
  return {
    local: text(model.local.named()),
    remote: text(model.remote.named()),
    trash: model.trash.map(({ path, content }) => `${path}=${content}`).join(' '),
  };
};

describe('namesakes', () => {
  const first: [string, Named, Named, object][] = [
    [
      'the first in order is synced, the other left alone',
      {},
      { Readme: 'R', readme: 'r' },
      { local: 'Readme=R', remote: 'Readme=R readme=r', trash: '' },
    ],
    [
      'the one that is here is synced',
      { readme: 'r' },
      { README: 'R', readme: 'r' },
      { local: 'readme=r', remote: 'README=R readme=r', trash: '' },
    ],
    [
      'the one that is only here holds the place',
      { readme: 'r' },
      { README: 'R' },
      { local: 'readme=r', remote: 'README=R readme=r', trash: '' },
    ],
    [
      'of directories, with all below',
      {},
      { 'Dir/a': '1', 'dir/b': '2', 'dir/c/d': '3' },
      { local: 'Dir=d Dir/a=1', remote: 'Dir=d Dir/a=1 dir=d dir/b=2 dir/c=d dir/c/d=3', trash: '' },
    ],
    [
      'in two forms',
      {},
      { [nfc]: 'c', [nfd]: 'd' },
      { local: `${nfd}=d`, remote: `${nfd}=d ${nfc}=c`, trash: '' },
    ],
  ];
  it.each(first)('%s', (_, local, remote, expected) => {
    expect(ends(strangers(local, remote, { naming: insensitive }))).toEqual(expected);
  });

  const later: [string, Named, Edits, Edits, object][] = [
    [
      'renamed there by case only',
      { Readme: 'r', x: 'x' },
      {},
      { Readme: undefined, readme: 'r' },
      { local: 'readme=r x=x', remote: 'readme=r x=x', trash: 'Readme=r' },
    ],
    [
      'renamed here by case only',
      { Readme: 'r', x: 'x' },
      { Readme: undefined, readme: 'r' },
      {},
      { local: 'readme=r x=x', remote: 'readme=r x=x', trash: '' },
    ],
    [
      'a directory renamed there by case only',
      { 'Dir/a': '1', 'Dir/b/c': '2', x: 'x' },
      {},
      { Dir: undefined, 'dir/a': '1', 'dir/b/c': '2' },
      {
        local: 'dir=d dir/a=1 dir/b=d dir/b/c=2 x=x',
        remote: 'dir=d dir/a=1 dir/b=d dir/b/c=2 x=x',
        trash: 'Dir/b/c=2 Dir/a=1',
      },
    ],
    [
      'renamed here by case only, edited there: both stay there',
      { Readme: 'r', x: 'x' },
      { Readme: undefined, readme: 'r' },
      { Readme: 'edited' },
      { local: 'readme=r x=x', remote: 'Readme=edited readme=r x=x', trash: '' },
    ],
    [
      'one that holds the place goes: the other comes',
      { Readme: 'r', x: 'x' },
      { Readme: undefined },
      { readme: 'other' },
      { local: 'readme=other x=x', remote: 'readme=other x=x', trash: '' },
    ],
    [
      'a second one comes there: it is left alone',
      { Readme: 'r', x: 'x' },
      {},
      { README: 'other' },
      { local: 'Readme=r x=x', remote: 'README=other Readme=r x=x', trash: '' },
    ],
  ];
  it.each(later)('%s', (_, base, local, remote, expected) => {
    expect(ends(diverged(base, local, remote, { naming: insensitive }))).toEqual(expected);
  });

  it('are nothing special where names are exact', () => {
    expect(ends(strangers({}, { Readme: 'R', readme: 'r' }))).toMatchObject({ local: 'Readme=R readme=r' });
  });

  it('whose names are impossible are left alone, with all below', () => {
    const remote = { 'a:b': '1', 'aux/x': '2', 'ok/c?': '3', 'ok/d': '4' };
    const model = strangers({}, remote, { naming: windows });
    expect(ends(model)).toMatchObject({ local: 'ok=d ok/d=4', trash: '' });
    expect(model.removed).toEqual([]);
    expect(Object.keys(model.remote.named())).toEqual(['a:b', 'aux', 'aux/x', 'ok', 'ok/c?', 'ok/d']);
  });
});

describe('a file system without modes', () => {
  const modes = (edits: Edits, base: Named, options: ModelOptions) =>
    diverged(base, edits, {}, { modeless: true, ...options }).run();

  it('never takes the executable bit from the container', () => {
    // As such a side reports: nothing is executable.
    const model = strangers(
      { run: 'new @9', other: 'same' },
      { run: 'old +x', other: 'same +x' },
      { modeless: true },
    );
    model.run();
    expect(model.remote.named()).toEqual({ run: 'new +x', other: 'same +x' });
  });

  it('keeps it over the life of containers', () => {
    const model = modes({ run: 'edited' }, { run: 'r +x', gone: 'g +x' }, { replaced: true });
    expect(model.remote.named()).toMatchObject({ run: 'edited +x' });
  });
});
