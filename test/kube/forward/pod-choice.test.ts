import { describe, expect, it } from 'vitest';
import { choosePod } from '../../../src/kube/forward/pod-choice.js';
import type { Pod } from '../../../src/kube/api/objects.js';

interface Given {
  name: string;
  /** Seconds since some day. */
  born: number;
  ready?: boolean;
  deleted?: boolean;
  /** Of its containers: `name=image`, running unless it ends in `!`. */
  containers?: string[];
}

function pod({ name, born, ready = true, deleted, containers = ['main=web:1'] }: Given): Pod {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const all = containers.map((text) => {
    const [container, image] = text.replace('!', '').split('=') as [string, string];
    return { name: container, image, running: !text.endsWith('!') };
  });
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: at(born),
      ...(deleted ? { deletionTimestamp: at(born) } : {}),
    },
    spec: { containers: all },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: all.map(({ name: container, image, running }) => ({
        name: container,
        image,
        ready,
        restartCount: 0,
        state: running ? { running: {} } : { waiting: {} },
      })),
    },
  };
}

describe('the pod that connections go to', () => {
  it.each<
    [string, Given[], { image?: string[]; container?: string }, string | undefined, string | undefined]
  >([
    ['none at all', [], {}, undefined, undefined],
    [
      'the newest',
      [
        { name: 'a', born: 1 },
        { name: 'b', born: 2 },
      ],
      {},
      'b',
      'b',
    ],
    [
      'an older one that is ready',
      [
        { name: 'a', born: 1 },
        { name: 'b', born: 2, ready: false },
      ],
      {},
      'a',
      'b',
    ],
    ['none that is going', [{ name: 'a', born: 1, deleted: true }], {}, undefined, undefined],
    ['one that only runs', [{ name: 'a', born: 1, ready: false }], {}, undefined, 'a'],
    [
      'none that only starts',
      [{ name: 'a', born: 1, ready: false, containers: ['main=web:1!'] }],
      {},
      undefined,
      undefined,
    ],
    [
      'one with the image',
      [
        { name: 'a', born: 1 },
        { name: 'b', born: 2, containers: ['main=web:2'] },
      ],
      { image: ['web:1'] },
      'a',
      'a',
    ],
    [
      'one with any tag of the image, where none is named',
      [
        { name: 'a', born: 1 },
        { name: 'b', born: 2, containers: ['main=webs:2'] },
      ],
      { image: ['web'] },
      'a',
      'a',
    ],
    [
      'none whose image runs not',
      [{ name: 'a', born: 1, containers: ['x=other', 'main=web:1!'] }],
      { image: ['web:1'] },
      undefined,
      undefined,
    ],
    [
      'one with the container',
      [{ name: 'a', born: 1, containers: ['x=other', 'main=web:1'] }],
      { container: 'x' },
      'a',
      'a',
    ],
    ['none without it', [{ name: 'a', born: 1 }], { container: 'x' }, undefined, undefined],
  ])('is %s', (_, given, selector, ready, running) => {
    const choice = choosePod(given.map(pod), selector);
    expect([choice.ready?.metadata.name, choice.running?.metadata.name]).toEqual([ready, running]);
  });
});
