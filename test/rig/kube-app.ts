import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { ExecOptions } from '../../src/kube/exec/exec.js';
import { waitForTarget } from '../../src/kube/select/select.js';
import { kubeconfig, kubeRig, type KubeRig } from './kube-rig.js';

/** The way to the server, as the `cluster` of a kubeconfig has it. */
interface Way {
  server: string;
  'proxy-url'?: string;
}

/** {@link KubeRig} with a running pod `app` that does nothing, for tests of the way to it. */
export interface KubeApp extends KubeRig {
  /** Of the tests' own, for files of theirs. */
  readonly folder: string;
  /** A command in the pod. */
  at(...command: string[]): ExecOptions;
  /** The tests' kubeconfig with another way to the server, written to a file of its own. */
  kubeconfigVia(change: (way: Way) => void): Promise<string>;
}

export async function kubeApp(): Promise<KubeApp> {
  const rig = await kubeRig();
  const folder = await mkdtemp(join(tmpdir(), 'devspace-kube-'));
  await rig.pod('app', ['sleep', '100000']);
  await waitForTarget(rig.kube, { namespace: rig.namespace, labelSelector: { app: 'app' } });
  let files = 0;
  return {
    ...rig,
    folder,
    at: (...command) => ({ namespace: rig.namespace, pod: 'app', container: 'main', command }),
    async kubeconfigVia(change) {
      const config = load(await readFile(kubeconfig!, 'utf8')) as { clusters: { cluster: Way }[] };
      for (const { cluster } of config.clusters) change(cluster);
      const file = join(folder, `kubeconfig-${(files += 1)}`);
      await writeFile(file, JSON.stringify(config), { mode: 0o600 });
      return file;
    },
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
