import { startFaultProxy, type FaultProxy } from '../cluster/index.js';
import { kubectl } from './cluster.js';
import type { Project } from './project.js';

export interface FaultyCluster extends AsyncDisposable {
  readonly proxy: FaultProxy;
  /** For the environment: the same cluster and user, through the proxy. */
  readonly KUBECONFIG: string;
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'tls-server-name'?: string } }[];
}

/** The tests' cluster, whichever it is, behind a fault proxy. The kubeconfig lies in the project and goes away with it. */
export async function faultyCluster(project: Pick<Project, 'path' | 'write'>): Promise<FaultyCluster> {
  const text = await kubectl(['config', 'view', '--minify', '--raw', '--flatten', '--output', 'json']);
  const config = JSON.parse(text) as Kubeconfig;
  const cluster = config.clusters[0]!.cluster;
  const { hostname, port, pathname } = new URL(cluster.server);
  const proxy = await startFaultProxy({ target: { host: hostname, port: Number(port || 443) } });
  cluster.server = `${proxy.url}${pathname.replace(/\/$/, '')}`;
  // TLS passes through, so the certificate is the server's.
  if (hostname !== '127.0.0.1') cluster['tls-server-name'] ??= hostname;
  await project.write('kubeconfig', JSON.stringify(config), 0o600);
  return {
    proxy,
    KUBECONFIG: project.path('kubeconfig'),
    [Symbol.asyncDispose]: () => proxy.close(),
  };
}
