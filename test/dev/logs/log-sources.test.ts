import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/schema.js';
import { logSources, sourceOf } from '../../../src/dev/logs/log-sources.js';
import type { Pod } from '../../../src/kube/api/objects.js';

const refs = new Map([
  ['web', 'r/web:1'],
  ['db', 'r/db:1'],
]);
const forward: [] = [];

describe('logSources', () => {
  const sources = (dev: Config['dev'], deployments?: Config['deployments']) =>
    logSources({ dev, deployments }, refs, 'here');
  const names = (dev: Config['dev']) => sources(dev).map(({ name, image }) => [name, image]);

  it('are all images, and those that ports and sync select', () => {
    expect(names(undefined)).toEqual([...refs]);
    const ports = [{ imageSelector: 'other/app', forward }];
    const sync = [{ imageSelector: 'other/app' }, { imageSelector: 'one:2' }, { imageName: 'web' }];
    expect(names({ ports, sync })).toEqual([...refs, ['other/app', 'other/app'], ['one:2', 'one:2']]);
  });

  it('are those that are named, where some are', () => {
    const ports = [{ imageSelector: 'other/app', forward }];
    expect(names({ logs: { images: ['db', 'gone'] }, ports })).toEqual([['db', 'r/db:1']]);
  });

  it('are in the namespace of the run and those of its deployments', () => {
    const deployments = ['there', '', 'here'].map((namespace) => ({ name: 'a', namespace }));
    expect(sources(undefined, deployments as Config['deployments'])[0]?.namespaces).toEqual([
      'here',
      'there',
    ]);
  });

  it('are added to by selectors, each in its own namespace', () => {
    const selectors: NonNullable<NonNullable<Config['dev']>['logs']>['selectors'] = [
      { labelSelector: { app: 'queue' }, containerName: 'main', namespace: 'far' },
      { imageName: 'web', labelSelector: { role: 'worker' } },
      { imageSelector: 'redis:7' },
    ];
    const added = [
      {
        name: undefined,
        image: undefined,
        labels: { app: 'queue' },
        container: 'main',
        namespaces: ['far'],
      },
      {
        name: 'web',
        image: 'r/web:1',
        labels: { role: 'worker' },
        container: undefined,
        namespaces: ['here'],
      },
      { name: 'redis:7', image: 'redis:7', labels: undefined, container: undefined, namespaces: ['here'] },
    ];
    expect(sources({ logs: { images: [], selectors } })).toEqual(added);
    expect(sources({ logs: { selectors } }).slice(2)).toEqual(added);
  });

  it('needs an image that was built', () => {
    const logs = { images: [], selectors: [{ imageName: 'gone' }] };
    expect(() => sources({ logs })).toThrow(expect.objectContaining({ code: 'IMAGE_NEVER_BUILT' }));
  });
});

describe('sourceOf', () => {
  const pod = (labels: Record<string, string>, namespace = 'here') =>
    ({ metadata: { labels, namespace } }) as unknown as Pod;
  const all = logSources(
    {
      dev: {
        logs: {
          images: ['web'],
          selectors: [{ labelSelector: { app: 'queue' }, containerName: 'main', namespace: 'far' }],
        },
      },
    },
    refs,
    'here',
  );
  it.each([
    ['an image', pod({}), 'r/web:1', 'any', 'web'],
    ['another tag', pod({}), 'r/web:2', 'any', 'none'],
    ['an image in a namespace that is there for a selector', pod({}, 'far'), 'r/web:1', 'any', 'none'],
    ['labels and container', pod({ app: 'queue', x: 'y' }, 'far'), 'r/q:3', 'main', undefined],
    ['labels in another namespace', pod({ app: 'queue' }), 'r/q:3', 'main', 'none'],
    ['another container', pod({ app: 'queue' }, 'far'), 'r/q:3', 'side', 'none'],
    ['other labels', pod({ app: 'q' }, 'far'), 'r/q:3', 'main', 'none'],
  ])('%s', (_, of, image, name, expected) => {
    const source = sourceOf(all, of, { name, image });
    expect(source ? source.name : 'none').toBe(expected);
  });
});
