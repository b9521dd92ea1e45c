import { execa } from 'execa';
import { randomBytes } from 'node:crypto';

/** Repository prefix that the tests push to; a cluster of the user's own names one it can pull from. */
export const REGISTRY = process.env.DEVSPACE_TEST_REGISTRY ?? '127.0.0.1:5000';

/** Arguments that point kubectl and devspace at the tests' cluster. */
const context = process.env.DEVSPACE_TEST_CONTEXT;
export const contextFlags: readonly string[] = context ? ['--kube-context', context] : [];

export interface KubectlOptions {
  input?: string;
  reject?: boolean;
}

export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
  const own = context ? ['--context', context] : [];
  const { stdout } = await execa('kubectl', [...own, ...args], {
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
