import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/kube/api/objects.js';
import { chooseTarget, podQuery, type TargetSelector } from '../../../src/kube/select/target-choice.js';
import { container, pod, running, terminated, waiting } from '../pods.js';

const at = (second: number): string =>
  new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString().replace('.000', '');
const now = Date.UTC(2026, 0, 1, 0, 1, 0);
const made = (
  name: string,
  second: number,
  status: Partial<Pod['status']> = {},
  spec: Partial<Pod['spec']> = {},
): Pod => pod(name, { metadata: { creationTimestamp: at(second) }, status, spec });
const starting = {
  phase: 'Pending' as const,
  containerStatuses: [container('app', waiting('ContainerCreating'))],
};
const crashed = { containerStatuses: [container('app', waiting('CrashLoopBackOff'), { restartCount: 2 })] };
const restarted = (startedAt: string): Partial<Pod['status']> => ({
  containerStatuses: [
    container('app', running(startedAt), { restartCount: 1, lastState: terminated(1, 'Error') }),
  ],
});
const twoContainers = {
  containers: [
    { name: 'app', image: 'app:1' },
    { name: 'proxy', image: 'proxy:1' },
  ],
};
const bothRun = { containerStatuses: [container('app', running()), container('proxy', running())] };

const withInit = { initContainers: [{ name: 'setup', image: 'busybox:1' }] };
const initRuns: Partial<Pod['status']> = {
  phase: 'Pending',
  initContainerStatuses: [container('setup', running())],
  containerStatuses: [container('app', waiting('PodInitializing'))],
};
const initOver: Partial<Pod['status']> = {
  initContainerStatuses: [container('setup', terminated(0, 'Completed'))],
};

type Selector = Pick<TargetSelector, 'image' | 'container' | 'notContainerId'>;
describe('chooseTarget', () => {
  it.each<[string, Pod[], Selector, string]>([
    ['nothing there', [], {}, 'none'],
    ['the only pod', [made('a', 0)], {}, 'found a/app'],
    ['the newest of several', [made('a', 0), made('c', 20), made('b', 10)], {}, 'found c/app'],
    [
      'not one that is going',
      [made('a', 0), pod('b', { metadata: { creationTimestamp: at(9), deletionTimestamp: at(10) } })],
      {},
      'found a/app',
    ],
    ['not one that is complete', [made('a', 0, { phase: 'Succeeded' })], {}, 'none'],
    ['waits for one that starts', [made('a', 0, starting)], {}, 'waiting a'],
    [
      'waits for a young one that will replace the old',
      [made('a', 0), made('b', 50, starting)],
      {},
      'waiting b',
    ],
    [
      'takes the old one when the new one takes long',
      [made('a', 0), made('b', 30, starting)],
      {},
      'found a/app',
    ],
    ['takes the old one when the new one crashes', [made('a', 0), made('b', 50, crashed)], {}, 'found a/app'],
    ['trouble', [made('a', 0, crashed)], {}, 'trouble a'],
    ['rather waits than despairs', [made('b', 30, crashed), made('a', 0, starting)], {}, 'waiting a'],
    [
      'does not believe a container that came back just now',
      [made('a', 0, restarted(at(58)))],
      {},
      'waiting a',
    ],
    ['believes one that has run since', [made('a', 0, restarted(at(55)))], {}, 'found a/app'],
    [
      'the image',
      [made('a', 0), made('b', 1, {}, { containers: [{ name: 'app', image: 'app:2' }] })],
      { image: 'app:1' },
      'found a/app',
    ],
    ['one of the images', [made('a', 0)], { image: ['x:1', 'app:1'] }, 'found a/app'],
    ['not the image with another tag', [made('a', 0)], { image: 'app:2' }, 'none'],
    ['the image with any tag', [made('a', 0)], { image: 'docker.io/library/app' }, 'found a/app'],
    [
      'the container with the image',
      [made('a', 0, bothRun, twoContainers)],
      { image: 'proxy:1' },
      'found a/proxy',
    ],
    ['the named container', [made('a', 0, bothRun, twoContainers)], { container: 'proxy' }, 'found a/proxy'],
    ['no such container', [made('a', 0, bothRun, twoContainers)], { container: 'x' }, 'no-container a'],
    ['several containers', [made('a', 0, bothRun, twoContainers)], {}, 'ambiguous a'],
    [
      'several containers, one of which the pod calls its main one',
      [
        pod('a', {
          metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'proxy' } },
          status: bothRun,
          spec: twoContainers,
        }),
      ],
      {},
      'found a/proxy',
    ],
    [
      'an init container by name',
      [made('a', 0, initRuns, withInit)],
      { container: 'setup' },
      'found a/setup',
    ],
    ['its container meanwhile', [made('a', 0, initRuns, withInit)], {}, 'waiting a'],
    [
      'an init container that is through',
      [made('a', 0, initOver, withInit)],
      { container: 'setup' },
      'over a',
    ],
    [
      'an ephemeral container by name',
      [
        made(
          'a',
          0,
          { ephemeralContainerStatuses: [container('debug', running())] },
          { ephemeralContainers: [{ name: 'debug', image: 'busybox:1' }] },
        ),
      ],
      { container: 'debug' },
      'found a/debug',
    ],
    ['not an instance that has ended', [made('a', 0)], { notContainerId: 'containerd://app' }, 'waiting a'],
    [
      'another than the one that has ended',
      [made('a', 0)],
      { notContainerId: 'containerd://x' },
      'found a/app',
    ],
  ])('%s', (_name, pods, selector, expected) => {
    const choice = chooseTarget(pods, selector, now);
    const name = choice.kind === 'none' ? '' : ` ${choice.pod.metadata.name}`;
    expect(`${choice.kind}${name}${choice.kind === 'found' ? `/${choice.status.name}` : ''}`).toBe(expected);
  });

  it('tells of what is not there any more', () => {
    const going = pod('b', { metadata: { creationTimestamp: at(9), deletionTimestamp: at(10) } });
    const complete = made('a', 0, { phase: 'Succeeded' });
    expect(chooseTarget([complete, going], {}, now)).toEqual({ kind: 'none', past: going });
    expect(chooseTarget([complete, going], { image: 'x' }, now)).toEqual({ kind: 'none', past: undefined });
  });

  it('trusts its own eyes where the clocks disagree', () => {
    const ahead = made('a', 0, restarted('2026-01-01T01:00:00Z'));
    expect(chooseTarget([ahead], {}, now, () => 1000)).toMatchObject({ kind: 'waiting', recheckInMs: 4000 });
    expect(chooseTarget([ahead], {}, now, () => 5000).kind).toBe('found');
  });
});

describe('podQuery', () => {
  it.each<[TargetSelector, ReturnType<typeof podQuery>]>([
    [{}, {}],
    [{ labelSelector: { a: '1', b: '2' } }, { labelSelector: 'a=1,b=2' }],
    [
      { labelSelector: 'a in (1,2)', pod: 'x' },
      { labelSelector: 'a in (1,2)', fieldSelector: 'metadata.name=x' },
    ],
  ])('%j', (selector, query) => {
    expect(podQuery(selector)).toEqual(query);
  });
});
