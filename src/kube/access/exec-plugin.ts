import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { Failure, messageOf, systemCode } from '../../base/failure.js';
import type { ClusterEntry, ExecPluginEntry } from './kubeconfig-file.js';

/** What a credential plugin answered. Times are milliseconds since the epoch. */
export interface PluginCredential {
  token: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  expiresAt: number | undefined;
}

/**
 * Runs a kubeconfig's exec credential plugin once. The plugin may use the terminal when there is one and it did not forbid that; otherwise its
 * last lines on stderr go into the failure. Contract: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 *
 * Throws KUBE_AUTH_PLUGIN_FAILED; the plugin's output is not repeated in it, for it may hold a token.
 */
export async function runExecPlugin(
  plugin: ExecPluginEntry,
  cluster: ClusterEntry,
): Promise<PluginCredential> {
  const interactive = plugin.interactiveMode !== 'Never' && process.stdin.isTTY;
  if (plugin.interactiveMode === 'Always' && !interactive) {
    throw failed(plugin, 'needs a terminal, and there is none');
  }
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive, ...(plugin.provideClusterInfo ? { cluster: clusterInfo(cluster) } : {}) },
  };
  const env: NodeJS.ProcessEnv = { ...process.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  for (const { name, value } of plugin.env) env[name] = value;

  const child = spawn(plugin.command, plugin.args, {
    env,
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
    windowsHide: true,
  });
  // Nobody waits for it any more when this process ends, and it may be waiting itself.
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  const closed = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  let answer: [Buffer, string, number | string];
  try {
    answer = await Promise.all([buffer(child.stdout!), child.stderr ? text(child.stderr) : '', closed]);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw failed(plugin, 'is not installed', { hint: plugin.installHint?.trim(), cause: error });
    }
    throw failed(plugin, `cannot run: ${messageOf(error)}`, { cause: error });
  } finally {
    process.off('exit', stop);
  }
  const [stdout, stderr, code] = answer;
  if (code !== 0) {
    throw failed(plugin, `ended with ${code}`, { details: stderr.trimEnd().split('\n').slice(-10) });
  }
  return readCredential(plugin, stdout.toString('utf8'));
}

function readCredential(plugin: ExecPluginEntry, output: string): PluginCredential {
  let status: Record<string, unknown> | undefined;
  try {
    status = (JSON.parse(output) as { status?: Record<string, unknown> }).status;
  } catch {
    throw failed(plugin, 'did not answer with an ExecCredential in JSON');
  }
  const read = (key: string): string | undefined => {
    const value = status?.[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const credential = {
    token: read('token'),
    cert: read('clientCertificateData'),
    key: read('clientKeyData'),
    expiresAt: Date.parse(read('expirationTimestamp') ?? '') || undefined,
  };
  if ((credential.cert === undefined) !== (credential.key === undefined)) {
    throw failed(plugin, 'answered with only one of client certificate and key');
  }
  if (credential.token === undefined && credential.cert === undefined) {
    throw failed(plugin, 'answered without a token or a client certificate');
  }
  return credential;
}

function clusterInfo(cluster: ClusterEntry): Record<string, unknown> {
  return {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify || undefined,
    'certificate-authority-data': cluster.caData?.toString('base64'),
    'proxy-url': cluster.proxyUrl,
  };
}

function failed(
  plugin: ExecPluginEntry,
  what: string,
  { hint, ...more }: { hint?: string | undefined; details?: readonly string[]; cause?: unknown } = {},
): Failure {
  return new Failure({
    code: 'KUBE_AUTH_PLUGIN_FAILED',
    message: `The credential plugin "${plugin.command}" of the kubeconfig ${what}`,
    subject: plugin.command,
    hint: hint || `Run it yourself to see why: ${[plugin.command, ...plugin.args].join(' ')}`,
    ...more,
  });
}
