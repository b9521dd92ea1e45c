import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plan } from '../../../src/sync/core/plan.js';

import { diverged, type Edits, type Model, type ModelOptions, type Named, strangers } from './model.js';

/** Both sides, when they are equal, else each; with what was kept. */
function outcome(model: Model) {
  const [local, remote] = [model.local.named(), model.remote.named()];
  const trash = Object.fromEntries(model.trash.map(({ path, content }) => [path, content]));
  const same = JSON.stringify(local) === JSON.stringify(remote);
  return { ...(same ? { both: local } : { local, remote }), ...(model.trash.length > 0 ? { trash } : {}) };
}

describe('with an ancestor', () => {
  const base: Named = { a: 'base', 'd/x': 'x', 'd/y': 'y' };
  const rows: [string, Edits, Edits, object][] = [
    ['nothing changed', {}, {}, { both: { a: 'base', d: 'd', 'd/x': 'x', 'd/y': 'y' } }],
    ['edited here', { a: 'new' }, {}, { both: { a: 'new', d: 'd', 'd/x': 'x', 'd/y': 'y' } }],
    ['edited there, same size', {}, { a: 'BASE' }, { both: { a: 'BASE', d: 'd', 'd/x': 'x', 'd/y': 'y' } }],
    ['touched there only', {}, { a: 'base @9' }, { both: { a: 'base', d: 'd', 'd/x': 'x', 'd/y': 'y' } }],
    [
      'edited on both sides alike',
      { a: 'same' },
      { a: 'same @7' },
      { both: { a: 'same', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'edited on both sides, newer there',
      { a: 'here @5' },
      { a: 'there @6' },
      { both: { a: 'there', d: 'd', 'd/x': 'x', 'd/y': 'y' }, trash: { a: 'here' } },
    ],
    [
      'edited on both sides, newer here',
      { a: 'her2 @6' },
      { a: 'ther @5' },
      { both: { a: 'her2', d: 'd', 'd/x': 'x', 'd/y': 'y' }, trash: { a: 'ther' } },
    ],
    ['deleted here', { a: undefined }, {}, { both: { d: 'd', 'd/x': 'x', 'd/y': 'y' } }],
    [
      'deleted there',
      {},
      { a: undefined },
      { both: { d: 'd', 'd/x': 'x', 'd/y': 'y' }, trash: { a: 'base' } },
    ],
    [
      'deleted here, edited there',
      { a: undefined },
      { a: 'edit' },
      { both: { a: 'edit', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'deleted here, touched there',
      { a: undefined },
      { a: 'base @9' },
      { both: { d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'edited here, deleted there',
      { a: 'edit' },
      { a: undefined },
      { both: { a: 'edit', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    ['deleted on both', { a: undefined }, { a: undefined }, { both: { d: 'd', 'd/x': 'x', 'd/y': 'y' } }],
    [
      'directory deleted there',
      {},
      { d: undefined },
      { both: { a: 'base' }, trash: { 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'directory deleted here, edited inside there',
      { d: undefined },
      { 'd/x': 'edit' },
      { both: { a: 'base', d: 'd', 'd/x': 'edit' } },
    ],
    [
      'directory deleted there, new inside here',
      { 'd/z': 'z' },
      { d: undefined },
      { both: { a: 'base', d: 'd', 'd/z': 'z' }, trash: { 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'file becomes directory here',
      { 'a/in': 'in' },
      {},
      { both: { a: 'd', 'a/in': 'in', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'directory becomes file there',
      {},
      { d: 'file' },
      { both: { a: 'base', d: 'file' }, trash: { 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'directory becomes file here, edited inside there',
      { d: 'file' },
      { 'd/x': 'edit' },
      { both: { a: 'base', d: 'd', 'd/x': 'edit' }, trash: { d: 'file' } },
    ],
    [
      'file becomes directory here, edited there',
      { 'a/in': 'in' },
      { a: 'edit' },
      { both: { a: 'd', 'a/in': 'in', d: 'd', 'd/x': 'x', 'd/y': 'y' }, trash: { a: 'edit' } },
    ],
    [
      'file becomes link here',
      { a: '-> d/x' },
      {},
      { both: { a: '-> d/x', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'made executable here',
      { a: 'base +x' },
      {},
      { both: { a: 'base +x', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'made executable there, edited here',
      { a: 'edit' },
      { a: 'base +x' },
      { both: { a: 'edit +x', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'a link to outside is left where it is',
      { out: '-> /etc' },
      { up: '-> ../x' },
      {
        local: { a: 'base', d: 'd', 'd/x': 'x', 'd/y': 'y', out: '-> /etc' },
        remote: { a: 'base', d: 'd', 'd/x': 'x', 'd/y': 'y', up: '-> ../x' },
      },
    ],
    [
      'what is hidden behind a link to outside is not deleted',
      { d: '-> /elsewhere' },
      {},
      { local: { a: 'base', d: '-> /elsewhere' }, remote: { a: 'base', d: 'd', 'd/x': 'x', 'd/y': 'y' } },
    ],
    [
      'a FIFO in place of a file changes nothing',
      { a: '!FIFO' },
      {},
      {
        local: { a: '!FIFO', d: 'd', 'd/x': 'x', 'd/y': 'y' },
        remote: { a: 'base', d: 'd', 'd/x': 'x', 'd/y': 'y' },
      },
    ],
  ];
  it.each(rows)('%s', (_, local, remote, expected) => {
    expect(outcome(diverged(base, local, remote).run())).toEqual(expected);
  });

  it('decides a directory that became a file together with what is in it, also when only that is asked about', () => {
    const model = diverged({ d: 'd', 'd/old': 'old' }, { 'd/new': 'new' }, { d: 'a file now' });
    expect(plan(model.ledger, ['d']).map(({ do: what, path }) => `${what} ${path}`)).toEqual(
      plan(model.ledger, ['d', 'd/old', 'd/new']).map(({ do: what, path }) => `${what} ${path}`),
    );
    expect(plan(model.ledger, ['d'])).not.toEqual([]);
    const [local, remote] = [model.run().local.named(), model.remote.named()];
    expect(local).toEqual(remote);
    expect(local).toMatchObject({ 'd/new': 'new' });
    expect(model.trash.map(({ content }) => content)).toContain('a file now');
  });

  it('asks for no hash where stamps or sizes decide', () => {
    expect(diverged(base, { a: 'longer than before' }, { 'd/x': undefined }).run().asked).toEqual([]);
  });
});

describe('without an ancestor', () => {
  const rows: [string, Named, Named, ModelOptions, object][] = [
    [
      'each side gets what it lacks',
      { a: '1', 'p/q': '2' },
      { b: '3', e: 'd' },
      {},
      { both: { a: '1', b: '3', e: 'd', p: 'd', 'p/q': '2' } },
    ],
    ['equal content is recognised', { a: 'same @1' }, { a: 'same @2' }, {}, { both: { a: 'same' } }],
    [
      'newer there wins',
      { a: 'here @1' },
      { a: 'there @2' },
      {},
      { both: { a: 'there' }, trash: { a: 'here' } },
    ],
    [
      'newer here wins',
      { a: 'here @2' },
      { a: 'ther @1' },
      {},
      { both: { a: 'here' }, trash: { a: 'ther' } },
    ],
    ['here wins a draw', { a: 'here' }, { a: 'ther' }, {}, { both: { a: 'here' }, trash: { a: 'ther' } }],
    [
      'a directory wins over a file',
      { a: 'file @9' },
      { 'a/b': 'in' },
      {},
      { both: { a: 'd', 'a/b': 'in' }, trash: { a: 'file' } },
    ],
    [
      'a directory here wins over a file',
      { 'a/b': 'in' },
      { a: 'file @9' },
      {},
      { both: { a: 'd', 'a/b': 'in' }, trash: { a: 'file' } },
    ],
    ['executability follows the newer', { a: 'x @1' }, { a: 'x @2 +x' }, {}, { both: { a: 'x +x' } }],
    [
      'remote-only is left alone',
      { a: '1' },
      { b: '2', 'd/e': '3' },
      { downloadOnInitialSync: false },
      { local: { a: '1' }, remote: { a: '1', b: '2', d: 'd', 'd/e': '3' } },
    ],
    [
      'not uploaded',
      { 'n/a': '1' },
      { 'n/b': '2', x: 'x' },
      { uploadExcludePaths: ['n/'] },
      { local: { n: 'd', 'n/a': '1', 'n/b': '2', x: 'x' }, remote: { n: 'd', 'n/b': '2', x: 'x' } },
    ],
    [
      'not downloaded',
      { 'n/a': '1' },
      { 'n/b': '2' },
      { downloadExcludePaths: ['n/'] },
      { local: { n: 'd', 'n/a': '1' }, remote: { n: 'd', 'n/a': '1', 'n/b': '2' } },
    ],
    [
      'excluded',
      { 'a.log': '1' },
      { 'b.log': '2' },
      { excludePaths: ['*.log'] },
      { local: { 'a.log': '1' }, remote: { 'b.log': '2' } },
    ],
  ];
  it.each(rows)('%s', (_, local, remote, options, expected) => {
    expect(outcome(strangers(local, remote, options).run())).toEqual(expected);
  });
});

describe('with a directory that holds excluded files', () => {
  it('keeps it there when it is deleted here', () => {
    const model = diverged(
      { 'app/a': '1' },
      { app: undefined },
      { 'app/node_modules/m': 'm' },
      { uploadExcludePaths: ['node_modules/'], downloadExcludePaths: ['node_modules/'] },
    );
    expect(outcome(model.run())).toEqual({
      local: {},
      remote: { app: 'd', 'app/node_modules': 'd', 'app/node_modules/m': 'm' },
    });
  });
});

describe('in a replaced container', () => {
  const base: Named = { a: 'base', 'd/x': 'x', gone: 'gone' };
  const all: Edits = { a: undefined, d: undefined, gone: undefined };
  const rows: [string, Edits, Edits, object][] = [
    ['an empty one is filled', {}, all, { both: { a: 'base', d: 'd', 'd/x': 'x', gone: 'gone' } }],
    [
      'what was deleted here stays deleted',
      { gone: undefined },
      all,
      { both: { a: 'base', d: 'd', 'd/x': 'x' } },
    ],
    [
      'what was deleted here and is in the image is deleted there',
      { gone: undefined },
      {},
      { both: { a: 'base', d: 'd', 'd/x': 'x' } },
    ],
    [
      'what was deleted here but is another in the image comes back',
      { gone: undefined },
      { gone: 'other' },
      { both: { a: 'base', d: 'd', 'd/x': 'x', gone: 'other' } },
    ],
    [
      'an older one in the image loses',
      { a: 'edited @8' },
      { a: 'older @3' },
      { both: { a: 'edited', d: 'd', 'd/x': 'x', gone: 'gone' }, trash: { a: 'older' } },
    ],
    [
      'an unchanged local file does not lose to an older one of the image',
      { a: 'base @5' },
      { a: 'from the image @3' },
      { both: { a: 'base', d: 'd', 'd/x': 'x', gone: 'gone' }, trash: { a: 'from the image' } },
    ],
    [
      'what the image has as before is not sent again',
      { a: 'edited' },
      {},
      { both: { a: 'edited', d: 'd', 'd/x': 'x', gone: 'gone' } },
    ],
  ];
  it.each(rows)('%s', (_, local, remote, expected) => {
    const model = diverged(base, local, remote, { replaced: true }).run();
    expect(outcome(model)).toEqual(expected);
    expect(model.removed.filter((one) => one.startsWith('local'))).toEqual([]);
  });
});

describe('any two trees', { timeout: 30_000 }, () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
  const text = fc
    .tuple(
      fc.constantFrom('d', '1', '2', '33', '-> a', '-> b/c'),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
    )
    .map(([content, time, executable]) =>
      content === 'd' || content.startsWith('->') ? content : `${content} @${time}${executable ? ' +x' : ''}`,
    );
  const edits = fc.dictionary(path, fc.option(text, { nil: undefined }), { maxKeys: 6 });
  // A tree that can be: nothing below a file.
  const base = fc
    .dictionary(path, text, { maxKeys: 8 })
    .map((named) =>
      Object.fromEntries(
        Object.entries(named).filter(
          ([path]) =>
            !Object.keys(named).some((other) => path.startsWith(`${other}/`) && named[other] !== 'd'),
        ),
      ),
    );

  /** Contents of files and links, which must not be lost. */
  const contentsOf = (side: Named) =>
    Object.entries(side)
      .filter(([, text]) => text !== 'd')
      .map(([path, text]) => `${path}=${text.replace(/ \+x$/, '')}`);

  it.each([false, true])(
    'become equal, and lose nothing that was new (container replaced: %s)',
    (replaced) => {
      fc.assert(
        fc.property(base, edits, edits, (base, local, remote) => {
          const model = diverged(base, local, remote, { replaced });
          const before = { local: model.local.named(), remote: model.remote.named() };
          model.run();
          expect(model.local.named()).toEqual(model.remote.named());
          expect(model.planAll()).toEqual([]);

          const old = new Set(contentsOf(diverged(base, {}, {}).local.named()));
          const kept = new Set([
            ...contentsOf(model.local.named()),
            ...model.trash.map(({ path, content }) => `${path}=${content}`),
          ]);
          for (const content of [...contentsOf(before.local), ...contentsOf(before.remote)]) {
            if (!old.has(content)) expect(kept).toContain(content);
          }
          // What nobody deleted or edited is still there.
          const [here, there] = [new Set(contentsOf(before.local)), new Set(contentsOf(before.remote))];
          for (const content of old)
            if (here.has(content) && there.has(content)) expect(kept).toContain(content);
          if (replaced) {
            for (const content of here) expect(kept).toContain(content);
          }
        }),
        { numRuns: 600 },
      );
    },
  );

  it('become equal without an ancestor, and nothing at all is lost', () => {
    fc.assert(
      fc.property(base, base, (local, remote) => {
        const model = strangers(local, remote);
        const before = [...contentsOf(model.local.named()), ...contentsOf(model.remote.named())];
        model.run();
        expect(model.local.named()).toEqual(model.remote.named());
        const kept = new Set([
          ...contentsOf(model.local.named()),
          ...model.trash.map(({ path, content }) => `${path}=${content}`),
        ]);
        for (const content of before) expect(kept).toContain(content);
      }),
      { numRuns: 600 },
    );
  });
});
