import type { Namespace } from '../rig/cluster.js';
import { until } from '../rig/until.js';

/**
 * A pod that sync works with in its container `app`, while the user works in the same small disk from the container `user`, from where it also sees
 * the processes of the other.
 */
export interface TorturePod {
  readonly name: string;
  start(): Promise<void>;
  /** Resolves when it is gone, and all its files with it. */
  remove(): Promise<void>;
}

const name = 'torture';

export async function startTorturePod(
  namespace: Namespace,
  images: { busybox: string; node: string },
): Promise<TorturePod> {
  const volumeMounts = [{ name: 'vol', mountPath: '/vol' }];
  const manifest = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      shareProcessNamespace: true,
      volumes: [{ name: 'vol', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } }],
      containers: [
        {
          name: 'app',
          image: images.busybox,
          command: ['sh', '-c', 'mkdir -p /vol/tree; exec sleep 100000'],
          // So that permissions mean something.
          securityContext: { capabilities: { drop: ['DAC_OVERRIDE', 'DAC_READ_SEARCH'] } },
          volumeMounts,
        },
        {
          name: 'user',
          image: images.node,
          command: [
            'node',
            '-e',
            'setInterval(() => {}, 1 << 30); process.on("SIGTERM", () => process.exit(0))',
          ],
          volumeMounts,
        },
      ],
    },
  });
  const pod: TorturePod = {
    name,
    async start() {
      // Until the service account controller has seen a new namespace, pods are refused in it.
      await until('the pod to be accepted', async () => {
        await namespace.kubectl(['apply', '-f', '-'], { input: manifest });
        return true;
      });
      await namespace.kubectl(['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=90s']);
    },
    async remove() {
      await namespace.kubectl(['delete', 'pod', name, '--grace-period=0', '--force', '--wait']);
    },
  };
  await pod.start();
  return pod;
}
