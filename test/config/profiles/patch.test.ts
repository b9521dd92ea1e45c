import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Origins } from '../../../src/config/origins.js';
import { applyPatch, type Patch } from '../../../src/config/profiles/patch.js';

const config = () => ({
  version: 'v1beta3',
  images: { web: { image: 'a/web', tag: 'x' }, 'my.app': { image: 'b' }, 'a/b': { image: 'c' } },
  deployments: [
    { name: 'web', helm: { timeout: 100, values: { containers: [{ image: 'one' }] } } },
    { name: 'db', kubectl: { manifests: ['kube'] } },
  ],
  dev: { ports: [{ imageName: 'web', forward: [{ port: 80 }] }] },
  profiles: [{ name: 'p', patches: [] }],
});

function patched(patch: Patch, { forgiving = false } = {}) {
  const origins = new Origins();
  const root = origins.copy(config(), []);
  const problem = applyPatch(root, patch, {
    origins,
    origin: ['profiles', 0, 'patches', 0, 'value'],
    forgiving,
  });
  return { root, problem, origins };
}

/** The config after the patch, which has to work. */
function after(patch: Patch, options?: { forgiving: boolean }) {
  const { problem, root } = patched(patch, options);
  expect(problem).toBeUndefined();
  return root;
}

describe('a patch finds its place by', () => {
  it.each([
    'images.web.tag',
    '/images/web/tag',
    '.images.web.tag',
    '$.images.web.tag',
    'images/web/tag',
    'images["web"].tag',
    "images['web']['tag']",
    'images[web].tag',
    '$.images[?(@.tag == "x")].tag',
    'images[?(@.image =~ /^a\\//)].tag',
    'images.tag=x.tag',
    '$..[?(@.tag)].tag',
  ])('%s', (path) => {
    const expected = config();
    expected.images.web.tag = 'new';
    expect(after({ op: 'replace', path, value: 'new' })).toEqual(expected);
  });

  it.each([
    'deployments[1].name',
    'deployments[-1].name',
    '/deployments/1/name',
    '/deployments/name=db/name',
    'deployments.name=db.name',
    'deployments[name=db].name',
    "deployments[?(@.name=='db')].name",
    "deployments[?(@.name != 'web')].name",
    'deployments[?(@.kubectl)].name',
    'deployments[?(!@.helm)].name',
    "deployments[?(@.kubectl.manifests[0] == 'kube' && @.name == 'db')].name",
    "deployments[?(@.helm.timeout > 100 || @.name =~ 'd.')].name",
  ])('the item of a list: %s', (path) => {
    const expected = config();
    expected.deployments[1]!.name = 'new';
    expect(after({ op: 'replace', path, value: 'new' })).toEqual(expected);
  });

  it.each([
    ['keys with dots', 'images["my.app"].image', 'my.app'],
    ['keys with dots in a pointer', '/images/my.app/image', 'my.app'],
    ['keys with slashes', '/images/a~1b/image', 'a/b'],
  ] as const)('%s', (_what, path, name) => {
    expect(after({ op: 'replace', path, value: 'new' }).images[name].image).toBe('new');
  });

  it('everything that fits', () => {
    const root = after({ op: 'replace', path: '$..image', value: 'new' });
    expect(Object.values(root.images).map(({ image }) => image)).toEqual(['new', 'new', 'new']);
    expect(root.deployments[0]?.helm?.values.containers).toEqual([{ image: 'new' }]);
    expect(after({ op: 'remove', path: 'deployments[*]' }).deployments).toEqual([]);
    expect(after({ op: 'add', path: 'deployments.*.namespace', value: 'n' }).deployments).toMatchObject([
      { namespace: 'n' },
      { namespace: 'n' },
    ]);
  });

  it('wildcards that leave the profiles themselves alone', () => {
    expect(after({ op: 'remove', path: '$..name' }).profiles).toEqual(config().profiles);
    expect(after({ op: 'remove', path: '*' })).toEqual({ version: 'v1beta3', profiles: config().profiles });
  });
});

describe('add', () => {
  const port = { imageName: 'web', forward: [{ port: 90 }] };

  it.each([
    ['a list, in dots', 'dev.ports'],
    ['a list of a list', 'dev.ports[0].forward'],
    ['a list below a selected item', 'deployments.name=web.helm.values.containers'],
    ['the end', '/dev/ports/-'],
    ['the end, in dots', 'dev.ports.-'],
  ])('appends to %s', (_what, path) => {
    const before = config();
    const root = after({ op: 'add', path, value: port });
    const lists = [
      [before.dev.ports, root.dev.ports],
      [before.dev.ports[0]?.forward, root.dev.ports[0]?.forward],
      [before.deployments[0]?.helm?.values.containers, root.deployments[0]?.helm?.values.containers],
    ];
    const grown = lists.filter(([was, is]) => is?.length !== was?.length);
    expect(grown.map(([, is]) => is?.at(-1))).toEqual([port]);
  });

  it('inserts before an index', () => {
    const root = after({ op: 'add', path: '/deployments/0', value: { name: 'first' } });
    expect(root.deployments.map(({ name }) => name)).toEqual(['first', 'web', 'db']);
    expect(after({ op: 'add', path: 'deployments[2]', value: { name: 'last' } }).deployments[2]).toEqual({
      name: 'last',
    });
  });

  it('sets a key, new or not', () => {
    expect(after({ op: 'add', path: 'images.web.tag', value: 'y' }).images.web.tag).toBe('y');
    expect(after({ op: 'add', path: 'hooks', value: [] })).toMatchObject({ hooks: [] });
  });

  it('takes the place of a list where a pointer names it', () => {
    expect(after({ op: 'add', path: '/dev/ports', value: [port] }).dev.ports).toEqual([port]);
  });

  it('puts a copy at each place', () => {
    const root = after({ op: 'add', path: 'deployments[*].options', value: { a: 1 } }) as unknown as {
      deployments: { options: object }[];
    };
    expect(root.deployments[0]?.options).toEqual({ a: 1 });
    expect(root.deployments[0]?.options).not.toBe(root.deployments[1]?.options);
  });
});

describe('the other operations', () => {
  it('remove keys and items', () => {
    expect(after({ op: 'remove', path: 'images.web' }).images).not.toHaveProperty('web');
    expect(after({ op: 'remove', path: 'deployments[0]' }).deployments.map(({ name }) => name)).toEqual([
      'db',
    ]);
  });

  it('move', () => {
    const root = after({ op: 'move', from: 'images.web', path: 'images.api' }) as unknown as {
      images: object;
    };
    expect(root.images).toEqual({
      api: config().images.web,
      'my.app': { image: 'b' },
      'a/b': { image: 'c' },
    });
    expect(
      after({ op: 'move', from: 'deployments[0]', path: '/deployments/-' }).deployments.map(
        ({ name }) => name,
      ),
    ).toEqual(['db', 'web']);
  });

  it('copy', () => {
    const root = after({ op: 'copy', from: 'images.web', path: 'images.api' }) as unknown as {
      images: Record<string, object>;
    };
    expect(root.images['api']).toEqual(config().images.web);
    expect(root.images['api']).not.toBe(root.images['web']);
  });

  it('test', () => {
    after({ op: 'test', path: 'images.web', value: { tag: 'x', image: 'a/web' } });
    expect(patched({ op: 'test', path: 'images.web.tag', value: 'y' }).problem).toEqual({
      key: 'value',
      message: 'the test fails: images.web.tag is the text "x"',
    });
  });

  it('forgive what is missing where DevSpace did from 5.12 on', () => {
    expect(
      after({ op: 'replace', path: 'images.web.dockerfile', value: 'D' }, { forgiving: true }).images.web,
    ).toHaveProperty('dockerfile', 'D');
    expect(after({ op: 'remove', path: 'images.nothing.at.all' }, { forgiving: true })).toEqual(config());
  });
});

describe('a path that leads nowhere', () => {
  it.each<[Patch, string, string?]>([
    [
      { op: 'replace', path: 'images.wep.tag', value: 1 },
      'there is no key "wep" in images, did you mean "web"?',
      'there are these keys: web, my.app, a/b',
    ],
    [
      { op: 'remove', path: 'image' },
      'there is no key "image" at the top of the config, did you mean "images"?',
      'there are these keys: images, deployments, dev',
    ],
    [
      { op: 'replace', path: 'images.web.dockerfile', value: 1 },
      'there is no key "dockerfile" in images.web',
      'there are these keys: image, tag',
    ],
    [
      { op: 'add', path: 'dev.sync[0].x', value: 1 },
      'there is no key "sync" in dev',
      'there are these keys: ports',
    ],
    [
      { op: 'add', path: 'deployments[5].name', value: 1 },
      'there is no item 5 in deployments; the first is 0',
      'there are 2 items: web, db',
    ],
    [
      { op: 'remove', path: 'deployments.name=bd' },
      'nothing in deployments fits name=bd, did you mean "db"?',
      'there are 2 items: web, db',
    ],
    [
      { op: 'remove', path: "deployments[?(@.name=='api')].helm" },
      "nothing in deployments fits [?(@.name=='api')]",
      'there are 2 items: web, db',
    ],
    [
      { op: 'remove', path: 'deployments.web' },
      'deployments is a list and has no key "web"',
      'choose an item: [0], [*], or name=web; there are 2 items: web, db',
    ],
    [
      { op: 'add', path: 'images.web.tag.x', value: 1 },
      'images.web.tag is the text "x", and nothing can be below it',
    ],
    [{ op: 'remove', path: 'deployments[0' }, '"deployments[0" is no path: the [ at character 12 has no ]'],
    [{ op: 'remove', path: 'images..' }, '"images.." is no path: a name is missing at character 9'],
    [{ op: 'remove', path: '$' }, '"$" is no path: it names nothing'],
    [
      { op: 'remove', path: 'deployments[?(name=1)]' },
      '"deployments[?(name=1)]" is no path: the filter "name=1" is not understood; write it as @.name == \'web\'',
    ],
    [
      { op: 'remove', path: 'deployments[0:1]' },
      '"deployments[0:1]" is no path: [0:1] is not supported; use an index, a key, * or a filter such as ?(@.name==\'web\')',
    ],
    [{ op: 'replace', path: 'profiles[0].name', value: 'x' }, 'a profile cannot change "profiles"'],
    [{ op: 'move', from: 'images.web', path: 'images.web.image' }, 'images.web cannot be moved into itself'],
    [{ op: 'copy', from: 'images.*', path: 'images.x' }, '"images.*" leads to 3 places, one is needed'],
  ])('%j', (patch, message, hint) => {
    const { problem, root } = patched(patch);
    expect(problem?.message).toBe(message);
    expect(problem?.hint).toBe(hint);
    expect(root).toEqual(config());
  });

  it('is found in little time, however it is written', () => {
    let deep: object = { image: 'x' };
    for (let level = 0; level < 300; level++) deep = { a: deep, b: { image: 'y' } };
    const origins = new Origins();
    const root = origins.copy({ images: deep }, []);
    const started = performance.now();
    applyPatch(
      root,
      { op: 'remove', path: `$${'..a'.repeat(20)}..none` },
      { origins, origin: [], forgiving: false },
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('origins', () => {
  it('of what a patch brought are its value, of what moved the old place', () => {
    const { origins, root } = patched({ op: 'add', path: 'deployments[0]', value: { name: 'first' } });
    const value = ['profiles', 0, 'patches', 0, 'value'];
    expect(origins.originOf(root, ['deployments', 0])).toEqual(value);
    expect(origins.originOf(root, ['deployments', 1, 'name'])).toEqual(['deployments', 0, 'name']);
    const set = patched({ op: 'replace', path: 'images.web.tag', value: 'y' });
    expect(set.origins.originOf(set.root, ['images', 'web', 'tag'])).toEqual(value);
    const moved = patched({ op: 'move', from: 'images.web', path: 'images.api' });
    expect(moved.origins.originOf(moved.root, ['images', 'api', 'tag'])).toEqual(['images', 'web', 'tag']);
  });
});

describe('any patch', () => {
  it('is applied or refused, and what is refused changes nothing', () => {
    const piece = fc.constantFrom(
      'images',
      'web',
      'deployments',
      '[0]',
      '[*]',
      '..',
      '.',
      '/',
      '-',
      '=',
      'name=web',
      "[?(@.name=='web')]",
      '$',
      '~1',
      '[',
      ']',
      '"',
      'helm',
      '0',
      '*',
      '=~',
      '&&',
      'constructor',
      '__proto__',
    );
    fc.assert(
      fc.property(
        fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
        fc.array(piece, { maxLength: 6 }),
        fc.array(piece, { maxLength: 4 }),
        (op, path, from) => {
          const { problem, root } = patched({
            op,
            path: path.join(''),
            from: from.join(''),
            value: { a: 1 },
          });
          if (problem && op !== 'move') expect(root).toEqual(config());
          expect(({} as Record<string, unknown>)['a']).toBeUndefined();
        },
      ),
      { numRuns: 2000 },
    );
  });
});
