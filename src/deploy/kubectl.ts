import { Failure } from '../base/failure.js';
import { findTool } from '../proc/find-tool.js';
import { run } from '../proc/run.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The kubectl command, aimed at one cluster and namespace. The kubeconfig is the one its environment names. */
export interface Kubectl {
  readonly file: string;
  readonly context: string;
  readonly namespace: string;
  readonly env: Environment;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface KubectlResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: readonly string[];
}

export interface KubectlCall {
  readonly stdin?: string;
  /** Keep stdout instead of passing its lines on. */
  readonly capture?: boolean;
  /** Leave `--namespace` out: the objects say theirs themselves. */
  readonly anyNamespace?: boolean;
}

/** Finds kubectl, or the program a deployment names instead, on the PATH; else TOOL_NOT_FOUND. */
export async function findKubectl(cmdPath: string | undefined, env: Environment): Promise<string> {
  return await findTool(cmdPath ?? 'kubectl', {
    neededFor: 'to deploy manifests',
    hint: 'Install it: https://kubernetes.io/docs/tasks/tools/',
    env: { ...process.env, ...env },
  });
}

/** Runs `kubectl …` to its end; a non-zero exit is a value. Throws the signal's reason once kubectl has ended. */
export async function runKubectl(
  kubectl: Kubectl,
  args: readonly string[],
  call: KubectlCall = {},
): Promise<KubectlResult> {
  const { file, env, signal, onLine, context, namespace } = kubectl;
  const stderr: string[] = [];
  const aim = ['--context', context, ...(call.anyNamespace ? [] : ['--namespace', namespace])];
  const { exitCode, stdout } = await run(file, [...aim, ...args], {
    env,
    signal,
    captureStdout: call.capture,
    stdin: call.stdin,
    onStderr: (line) => stderr.push(line),
    ...(call.capture ? {} : { onStdout: onLine }),
  });
  // Warnings; after a failure the caller shows them with the rest.
  if (exitCode === 0) for (const line of stderr) onLine(line);
  return { exitCode, stdout, stderr };
}

/** What `kubectl kustomize` makes of a folder or repository. Fails with MANIFEST_RENDER_FAILED. */
export async function renderKustomization(kubectl: Kubectl, target: string, shown: string): Promise<string> {
  return await render(kubectl, ['kustomize', target], `The kustomization ${shown} cannot be rendered`, shown);
}

/** The manifest behind a URL, fetched by kubectl, which knows the user's proxy and certificates. Fails with MANIFEST_RENDER_FAILED. */
export async function fetchManifest(kubectl: Kubectl, url: string): Promise<string> {
  const args = ['create', '--dry-run=client', '--validate=false', '--output', 'yaml', '--filename', url];
  return await render(kubectl, args, `The manifest ${url} cannot be read`, url);
}

async function render(
  kubectl: Kubectl,
  args: readonly string[],
  message: string,
  subject: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runKubectl(kubectl, args, { capture: true });
  if (exitCode === 0) return stdout;
  throw new Failure({
    code: 'MANIFEST_RENDER_FAILED',
    message,
    subject,
    hint: `Try it alone: kubectl ${args.join(' ')}`,
    details: stderr,
  });
}
