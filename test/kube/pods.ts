import type { ContainerState, ContainerStatus, Pod } from '../../src/kube/api/objects.js';

/** A pod that runs one container `app`; every part can be given. */
export function pod(
  name: string,
  more: {
    metadata?: Partial<Pod['metadata']>;
    spec?: Partial<Pod['spec']>;
    status?: Partial<Pod['status']>;
  } = {},
): Pod {
  return {
    metadata: {
      name,
      namespace: 'ns',
      uid: `uid-${name}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...more.metadata,
    },
    spec: { containers: [{ name: 'app', image: 'app:1' }], restartPolicy: 'Always', ...more.spec },
    status: { phase: 'Running', containerStatuses: [container('app', running())], ...more.status },
  };
}

export function container(
  name: string,
  state: ContainerState | undefined,
  more: Partial<ContainerStatus> = {},
): ContainerStatus {
  return {
    name,
    image: 'app:1',
    containerID: `containerd://${name}`,
    ready: state?.running !== undefined,
    restartCount: 0,
    ...(state ? { state } : {}),
    ...more,
  };
}

export function running(startedAt = '2026-01-01T00:00:00Z'): ContainerState {
  return { running: { startedAt } };
}

export function waiting(reason: string, message?: string): ContainerState {
  return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
}

export function terminated(exitCode: number, reason?: string, signal?: number): ContainerState {
  return { terminated: { exitCode, ...(reason ? { reason } : {}), ...(signal ? { signal } : {}) } };
}
