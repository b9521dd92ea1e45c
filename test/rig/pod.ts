import type { Namespace } from './cluster.js';
import { until } from './until.js';

export interface PodOptions {
  name: string;
  image: string;
  command?: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** Fields of the pod's spec and of its one container, `main`, beside the usual ones. */
  spec?: Readonly<Record<string, unknown>>;
  container?: Readonly<Record<string, unknown>>;
}

/** A pod with the label `app=<name>` that does nothing, in /work. Resolves when it runs. */
export async function startPod(namespace: Namespace, options: PodOptions): Promise<void> {
  const { name, image, command = ['sleep', '100000'], labels, spec, container } = options;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name, ...labels } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image, command, workingDir: '/work', ...container }],
      ...spec,
    },
  };
  // Until the service account controller has seen a new namespace, pods are refused in it.
  await until(`pod ${name} accepted`, async () => {
    await namespace.kubectl(['apply', '--filename', '-'], { input: JSON.stringify(pod) });
    return true;
  });
  await namespace.kubectl(['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s']);
}
