import { describe, expect, it } from 'vitest';
import { planEphemeral, type EphemeralWish } from '../../../src/kube/exec/ephemeral-plan.js';
import type {
  ContainerState,
  EphemeralContainerSpec,
  Pod,
  SecurityContext,
} from '../../../src/kube/api/objects.js';
import { container, pod, running, terminated, waiting } from '../pods.js';

const wish: EphemeralWish = {
  target: 'app',
  image: 'busybox:1',
  command: ['sh', '-c', 'wait'],
  prefix: 'sync',
};
const made = (number: number, more: Partial<EphemeralContainerSpec> = {}): EphemeralContainerSpec => ({
  name: `sync-${number}`,
  image: wish.image,
  command: wish.command,
  targetContainerName: 'app',
  securityContext: { readOnlyRootFilesystem: false },
  ...more,
});
const having = (...list: [EphemeralContainerSpec, ContainerState | undefined][]): Pod =>
  pod('a', {
    spec: { ephemeralContainers: list.map(([spec]) => spec) },
    status: { ephemeralContainerStatuses: list.map(([{ name }, state]) => container(name, state)) },
  });
const as = (runAsUser: number, runAsGroup: number): Partial<EphemeralContainerSpec> => ({
  securityContext: { readOnlyRootFilesystem: false, runAsUser, runAsGroup },
});
const briefly = (found: Pod, wished: EphemeralWish = wish): string => {
  const plan = planEphemeral(found, wished);
  return plan.kind === 'use' ? `use ${plan.name}` : `create ${plan.container.name}`;
};

describe('which ephemeral container is used', () => {
  it.each<[string, Pod, string]>([
    ['none is there', pod('a'), 'create sync-1'],
    ['one that runs', having([made(1), running()]), 'use sync-1'],
    ['one that starts', having([made(1), waiting('ContainerCreating')]), 'use sync-1'],
    ['one whose image is not there yet', having([made(1), waiting('ImagePullBackOff')]), 'use sync-1'],
    ['one the node has not seen yet', having([made(1), undefined]), 'use sync-1'],
    ['one that ended', having([made(1), terminated(0)]), 'create sync-2'],
    ['one that could not be made', having([made(1), waiting('CreateContainerConfigError')]), 'create sync-2'],
    ['several, one of which runs', having([made(1), terminated(0)], [made(2), running()]), 'use sync-2'],
    [
      'one for another container',
      having([made(1, { targetContainerName: 'db' }), running()]),
      'create sync-2',
    ],
    ['another image', having([made(1, { image: 'other:1' }), running()]), 'create sync-2'],
    ['another command', having([made(1, { command: ['sleep'] }), running()]), 'create sync-2'],
    ["somebody else's", having([made(1, { name: 'debugger-x' }), running()]), 'create sync-1'],
  ])('%s', (_, found, expected) => expect(briefly(found)).toBe(expected));

  it('one of another user is not used, and one that was chosen with knowledge tells it', () => {
    const first = having([made(1), running()]);
    expect(briefly(first, { ...wish, user: { uid: 65532, gid: 0 } })).toBe('create sync-2');
    const both = having([made(1), running()], [made(2, as(65532, 0)), running()]);
    expect(briefly(both)).toBe('use sync-2');
    const ended = having([made(1), terminated(0)], [made(2, as(65532, 0)), terminated(0)]);
    expect(planEphemeral(ended, wish)).toMatchObject({
      kind: 'create',
      container: { name: 'sync-3', securityContext: { runAsUser: 65532, runAsGroup: 0 } },
    });
  });
});

describe('as whom it runs', () => {
  const security = (ofContainer?: SecurityContext, ofPod?: SecurityContext, user?: EphemeralWish['user']) => {
    const spec: Partial<Pod['spec']> = {
      containers: [{ name: 'app', image: 'app:1', ...(ofContainer ? { securityContext: ofContainer } : {}) }],
      ...(ofPod ? { securityContext: ofPod } : {}),
    };
    const plan = planEphemeral(pod('a', { spec }), { ...wish, user });
    return plan.kind === 'create' ? plan.container.securityContext : undefined;
  };
  it("has the target's own rights, but may write to its own file system", () => {
    const restricted = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsUser: 7,
      runAsGroup: 8,
      readOnlyRootFilesystem: true,
    };
    expect(security(restricted)).toEqual({ ...restricted, readOnlyRootFilesystem: false });
    expect(security(restricted, undefined, { uid: 1, gid: 2 })).toMatchObject({
      runAsUser: 1,
      runAsGroup: 2,
    });
  });
  it('guesses where the user must not be root and is not named', () => {
    expect(security({ runAsNonRoot: true })).toMatchObject({ runAsUser: 65532 });
    expect(security(undefined, { runAsNonRoot: true })).toMatchObject({ runAsUser: 65532 });
    expect(security({ runAsNonRoot: true }, { runAsUser: 5 })).not.toHaveProperty('runAsUser');
    expect(security()).toEqual({ readOnlyRootFilesystem: false });
  });
});
