import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { loadKube, type Kube } from '../../src/kube/kube.js';
import { createObject, deleteObject } from '../../src/kube/api/rest.js';
import { corePath } from '../../src/kube/api/api-paths.js';
import type { Pod } from '../../src/kube/api/objects.js';

/** The kubeconfig of the test cluster, from whoever runs the tests. */
export const kubeconfig = process.env['DEVSPACE_TEST_KUBECONFIG'];
if (!kubeconfig) console.warn('Skipped: the tests of src/kube need a cluster in DEVSPACE_TEST_KUBECONFIG');

/** Where the images of these tests are pushed: a registry both dockerd and the cluster reach. */
const registry = process.env['DEVSPACE_TEST_REGISTRY'] ?? '127.0.0.1:5000';

/** A namespace of its own, gone with everything in it on disposal. */
export interface KubeRig extends AsyncDisposable {
  kube: Kube;
  namespace: string;
  /** A pod of one container `main` that runs `command`; changed by `change` before it is created. */
  pod(name: string, command: readonly string[], change?: (pod: PodBody) => void): Promise<Pod>;
}

export interface PodBody {
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    terminationGracePeriodSeconds: number;
    restartPolicy?: string;
    containers: { name: string; image: string; command: readonly string[]; [key: string]: unknown }[];
    [key: string]: unknown;
  };
}

export async function kubeRig(): Promise<KubeRig> {
  const kube = await loadKube({ env: { KUBECONFIG: kubeconfig! } });
  const namespace = `kube-${randomBytes(4).toString('hex')}`;
  await createObject(kube, corePath('namespaces'), { metadata: { name: namespace } });
  return {
    kube,
    namespace,
    async pod(name, command, change) {
      const body: PodBody = {
        metadata: { name, labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image: testImage('busybox:1'), command }],
        },
      };
      change?.(body);
      return createPod(kube, namespace, body);
    },
    async [Symbol.asyncDispose]() {
      await deleteObject(kube, corePath('namespaces', { name: namespace }));
      kube[Symbol.dispose]();
    },
  };
}

/** Until the service account controller has seen a new namespace, pods are refused in it. */
async function createPod(kube: Kube, namespace: string, body: PodBody): Promise<Pod> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await createObject<Pod>(kube, corePath('pods', { namespace }), body);
    } catch (error) {
      if (attempt > 50 || !/service account|serviceaccount/i.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Pushes a local base image under a name the cluster can pull. */
export function testImage(base: string): string {
  const name = `${registry}/kube-test-${base}`;
  if (!pushed.has(name)) {
    execFileSync('docker', ['tag', base, name]);
    execFileSync('docker', ['push', '-q', name]);
    pushed.add(name);
  }
  return name;
}

const pushed = new Set<string>();
