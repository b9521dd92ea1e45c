import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/kube/api/objects.js';
import { planPick, type PickPlan, type PickRules, type Wanted } from '../../../src/kube/select/pick-plan.js';
import { container, pod, running, terminated, waiting } from '../pods.js';

// Newest first, as listPods has them.
const web2 = pod('web-2', { spec: { containers: [{ name: 'app', image: 'repo/web:2' }] } });
const web1 = pod('web-1', { spec: { containers: [{ name: 'app', image: 'repo/web:1' }] } });
const db = pod('db', { spec: { containers: [{ name: 'app', image: 'postgres:17' }] } });
const pairSpec = {
  containers: [
    { name: 'app', image: 'repo/web:1' },
    { name: 'proxy', image: 'envoy:1' },
  ],
};
const pairStatus = { containerStatuses: [container('app', running()), container('proxy', running())] };
const pair = pod('pair', { spec: pairSpec, status: pairStatus });
const annotated = pod('pair', {
  metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'proxy' } },
  spec: pairSpec,
  status: pairStatus,
});
const going = pod('going', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
const starting = pod('starting', {
  status: { phase: 'Pending', containerStatuses: [container('app', waiting('ContainerCreating'))] },
});
const preparing = pod('preparing', {
  spec: { initContainers: [{ name: 'setup', image: 'busybox:1' }] },
  status: {
    phase: 'Pending',
    initContainerStatuses: [container('setup', running())],
    containerStatuses: [container('app', waiting('PodInitializing'))],
  },
});
const prepared = pod('prepared', {
  spec: { initContainers: [{ name: 'setup', image: 'busybox:1' }] },
  status: {
    initContainerStatuses: [container('setup', terminated(0, 'Completed'))],
    containerStatuses: [container('app', running())],
  },
});
const crashed = pod('crashed', {
  status: { containerStatuses: [container('app', waiting('CrashLoopBackOff'), { restartCount: 3 })] },
});

function show(plan: PickPlan): string {
  const name = (one: { pod: string; container: string; init: boolean }): string =>
    `${one.init ? 'Init: ' : ''}${one.pod}/${one.container}`;
  if (plan.kind === 'take') return `take ${name(plan.candidate)}`;
  if (plan.kind === 'ask') return `ask ${plan.candidates.map(name).join(' ')} or ${plan.otherwise}`;
  if (plan.kind === 'nothing') return 'nothing';
  const { pod: wantedPod, container: wantedContainer, labelSelector, image } = plan.selector;
  return `wait ${[wantedPod, wantedContainer, labelSelector && 'labels', image].filter(Boolean).join(' ')}`;
}

describe('planPick', () => {
  it.each<[string, Pod[], Partial<Wanted>, Partial<PickRules>, string]>([
    // Nothing named.
    ['nothing there', [], {}, {}, 'nothing'],
    ['only what is going', [going], {}, {}, 'nothing'],
    ['the only one, without asking', [db], {}, {}, 'take db/app'],
    ['not one that is going', [db, going], {}, {}, 'take db/app'],
    ['several', [web2, db], {}, {}, 'ask web-2/app db/app or fail'],
    ['several containers of one pod', [pair], {}, {}, 'ask pair/app pair/proxy or fail'],
    ['the container that the pod calls its main one', [annotated], {}, {}, 'take pair/proxy'],
    [
      'the only one of the project',
      [db, web1],
      {},
      { isOurs: ({ pod: one }) => one === 'web-1' },
      'take web-1/app',
    ],
    [
      'several of the project',
      [web2, db, web1],
      {},
      { isOurs: ({ pod: one }) => one.startsWith('web') },
      'ask web-2/app web-1/app or fail',
    ],
    ['one that runs rather than one that starts', [starting, db], {}, {}, 'take db/app'],
    ['one that starts', [starting], {}, {}, 'wait starting app'],
    ['one that crashes: the wait tells why', [crashed], {}, {}, 'wait crashed app'],
    [
      'init containers while nothing else runs',
      [preparing],
      {},
      {},
      'ask Init: preparing/setup preparing/app or first',
    ],
    ['no init containers beside others', [preparing, db], {}, {}, 'take db/app'],
    ['no init containers that are through', [prepared], {}, {}, 'take prepared/app'],
    // A container.
    ['the container with the name', [pair, db], { container: 'proxy' }, {}, 'take pair/proxy'],
    ['an init container by name', [preparing, db], { container: 'setup' }, {}, 'take Init: preparing/setup'],
    ['no such container', [pair, db], { container: 'x' }, {}, 'nothing'],
    // A pod.
    ['a pod: waited for', [web1], { pod: 'web-1' }, {}, 'wait web-1'],
    ['a pod and a container', [pair], { pod: 'pair', container: 'app' }, {}, 'wait pair app'],
    // Labels.
    ['labels: waited for', [web2, web1], { labelSelector: { app: 'web' } }, {}, 'wait labels'],
    // An image.
    ['an image: one', [web2, db], { image: 'postgres' }, {}, 'take db/app'],
    ['an image: with its tag', [web2, web1], { image: 'repo/web:1' }, {}, 'take web-1/app'],
    ['an image: several', [web2, web1, db], { image: 'repo/web' }, {}, 'ask web-2/app web-1/app or first'],
    ['an image: the container that runs it', [pair], { image: 'envoy' }, {}, 'take pair/proxy'],
    ['an image that nothing runs: waited for', [db], { image: 'repo/web' }, {}, 'wait repo/web'],
    ['an image that starts', [starting], { image: 'app:1' }, {}, 'wait starting app app:1'],
    // --pick.
    ['--pick asks for the only one, too', [db], {}, { pick: true }, 'ask db/app or fail'],
    [
      '--pick offers init containers',
      [preparing, db],
      {},
      { pick: true },
      'ask Init: preparing/setup db/app or fail',
    ],
    [
      '--pick among what fits',
      [web1],
      { labelSelector: { app: 'web' } },
      { pick: true },
      'ask web-1/app or fail',
    ],
    ['--pick with nothing that runs', [starting], {}, { pick: true }, 'wait starting app'],
    // In any state, for logs.
    ['a crashed one will do', [crashed], {}, { anyState: true }, 'take crashed/app'],
    [
      'labels: the newest pod',
      [web2, web1],
      { labelSelector: { app: 'web' } },
      { anyState: true },
      'take web-2/app',
    ],
    [
      'labels: one that runs rather than one that crashed',
      [crashed, web1],
      { labelSelector: { app: 'web' } },
      { anyState: true },
      'take web-1/app',
    ],
    [
      'an init container by name, through or not',
      [prepared],
      { pod: 'prepared', container: 'setup' },
      { anyState: true },
      'take Init: prepared/setup',
    ],
    [
      'several containers of a named pod',
      [pair],
      { pod: 'pair' },
      { anyState: true },
      'ask pair/app pair/proxy or fail',
    ],
  ])('%s', (_name, pods, wanted, rules, expected) => {
    const all = {
      pod: undefined,
      labelSelector: undefined,
      image: undefined,
      container: undefined,
      ...wanted,
    };
    expect(show(planPick(pods, all, { pick: false, anyState: false, isOurs: () => false, ...rules }))).toBe(
      expected,
    );
  });
});
