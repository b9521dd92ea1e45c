import { describe, expect, it } from 'vitest';
import { followerEntry, runningPods } from '../../../src/dev/sync/replica-plan.js';
import { settingsOf, stateKeyOf } from '../../../src/dev/sync/sync-settings.js';
import type { Pod } from '../../../src/kube/api/objects.js';

describe('what an entry means to a session', () => {
  it.each([
    [{}, { direction: 'both', watch: true, initialSync: 'preferNewest' }],
    [{ disableDownload: true }, { direction: 'up' }],
    [{ disableUpload: true }, { direction: 'down' }],
    [
      { noWatch: true, polling: true },
      { watch: false, polling: true },
    ],
    [{ initialSync: 'mirrorLocal' as const }, { initialSync: 'mirrorLocal' }],
  ])('%j', (entry, settings) => {
    expect(settingsOf(entry, true)).toMatchObject(settings);
  });

  it.each([
    ['mirrorLocal', 'preferLocal'],
    ['mirrorRemote', 'preferRemote'],
    ['keepAll', 'keepAll'],
    ['disabled', undefined],
    [undefined, undefined],
  ] as const)('mirrors with a new container only: %s', (initialSync, later) => {
    expect(settingsOf({ initialSync }, false).initialSync).toBe(later);
  });
});

describe('the key of what is kept', () => {
  const kube = { context: 'c', namespace: 'n' };
  it('differs with what is selected, not with the order of labels', () => {
    const keys = [
      stateKeyOf(kube, { imageName: 'web' }, undefined),
      stateKeyOf(kube, { imageName: 'api' }, undefined),
      stateKeyOf(kube, { imageSelector: 'web' }, undefined),
      stateKeyOf(kube, { imageName: 'web', containerName: 'x' }, undefined),
      stateKeyOf(kube, { imageName: 'web', namespace: 'm' }, undefined),
      stateKeyOf({ ...kube, context: 'd' }, { imageName: 'web' }, undefined),
      stateKeyOf(kube, { labelSelector: { a: '1', b: '2' } }, undefined),
      stateKeyOf(kube, { labelSelector: { a: '1', b: '2' } }, 'pod-1'),
      stateKeyOf(kube, { labelSelector: { a: '1', b: '2' } }, 'pod-2'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(stateKeyOf(kube, { labelSelector: { b: '2', a: '1' } }, undefined)).toBe(keys[6]);
  });
});

describe('replicas', () => {
  const pod = (name: string, image: string, running: boolean, deletionTimestamp?: string) =>
    ({
      metadata: {
        name,
        uid: name,
        creationTimestamp: '',
        ...(deletionTimestamp ? { deletionTimestamp } : {}),
      },
      spec: { containers: [{ name: 'app', image }] },
      status: { containerStatuses: [{ name: 'app', state: running ? { running: {} } : { waiting: {} } }] },
    }) as unknown as Pod;
  const pods = [
    pod('a', 'x:1', true),
    pod('b', 'x:1', false),
    pod('c', 'y', true),
    pod('d', 'x:1', true, 'now'),
  ];

  it.each([
    [{ images: undefined, container: undefined }, ['a', 'c']],
    [{ images: ['x:1'], container: undefined }, ['a']],
    [{ images: ['x'], container: undefined }, ['a']],
    [{ images: undefined, container: 'app' }, ['a', 'c']],
    [{ images: undefined, container: 'other' }, []],
  ])('are the running pods: %j', (selector, names) => {
    expect(runningPods(pods, selector)).toEqual(names);
  });

  it('only take, and run nothing here', () => {
    const exec = [{ command: 'a' }, { command: 'b', local: true }];
    const entry = followerEntry({
      syncReplicas: true,
      initialSync: 'mirrorRemote',
      onDownload: { execLocal: { command: 'c' } },
      onUpload: { restartContainer: true, exec },
    });
    expect(entry).toMatchObject({
      disableDownload: true,
      initialSync: 'preferLocal',
      onUpload: { restartContainer: true, exec: [{ command: 'a' }] },
    });
    expect(entry).not.toHaveProperty('onDownload');
    expect(entry).not.toHaveProperty('syncReplicas');
    expect(followerEntry({ initialSync: 'mirrorLocal' }).initialSync).toBe('mirrorLocal');
  });
});
