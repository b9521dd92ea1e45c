import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyKubeconfig, type KubeconfigData } from './kubeconfig-file.js';

const mount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The service account of the pod this process runs in, or undefined outside a pod.
 * Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function inClusterConfig(
  env: NodeJS.ProcessEnv,
  directory = mount,
): Promise<KubeconfigData | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const tokenFile = join(directory, 'token');
  try {
    await readFile(tokenFile);
  } catch {
    return undefined;
  }
  const namespace = await readFile(join(directory, 'namespace'), 'utf8').catch(() => '');
  const config = emptyKubeconfig();
  config.currentContext = 'in-cluster';
  config.contexts.set('in-cluster', {
    cluster: 'in-cluster',
    user: 'in-cluster',
    namespace: namespace.trim() || undefined,
  });
  config.clusters.set('in-cluster', {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    caFile: join(directory, 'ca.crt'),
    caData: undefined,
    insecureSkipTlsVerify: false,
    tlsServerName: undefined,
    proxyUrl: undefined,
  });
  config.users.set('in-cluster', {
    certFile: undefined,
    certData: undefined,
    keyFile: undefined,
    keyData: undefined,
    token: undefined,
    tokenFile,
    username: undefined,
    password: undefined,
    impersonate: undefined,
    exec: undefined,
    authProvider: undefined,
  });
  return config;
}
