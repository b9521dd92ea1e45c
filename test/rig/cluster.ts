import { execa } from 'execa';
import { randomBytes } from 'node:crypto';

/** Repository prefix that the tests push to; a cluster of the user's own names one it can pull from. */
export const REGISTRY = process.env.DEVSPACE_TEST_REGISTRY ?? '127.0.0.1:5000';

export interface KubectlOptions {
  input?: string;
  reject?: boolean;
}

/** The kubectl and the kubeconfig of the tests' cluster, which the runner puts into the environment. */
export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
  const { stdout } = await execa('kubectl', [...args], {
    reject: options.reject ?? true,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  });
  return stdout;
}

/** A namespace of a test's own, deleted (without waiting for its end) when disposed. */
export interface Namespace extends AsyncDisposable {
  readonly name: string;
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>;
}

export async function makeNamespace(): Promise<Namespace> {
  const name = `devspace-e2e-${randomBytes(4).toString('hex')}`;
  await kubectl(['create', 'namespace', name]);
  return {
    name,
    kubectl: (args, options) => kubectl(['--namespace', name, ...args], options),
    async [Symbol.asyncDispose]() {
      // Without a grace period, so that a machine with few cores has them back at once.
      await kubectl(
        [
          '--namespace',
          name,
          'delete',
          'pods,deployments,statefulsets,replicasets',
          '--all',
          '--grace-period=0',
          '--force',
          '--wait=false',
        ],
        { reject: false },
      );
      await kubectl(['delete', 'namespace', name, '--wait=false'], { reject: false });
    },
  };
}
