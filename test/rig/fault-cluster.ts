import { startFaultProxy, type FaultProxy } from '../cluster/index.js';
import { kubectl } from './cluster.js';
import type { Project } from './project.js';
import { until } from './until.js';

export interface FaultyCluster extends AsyncDisposable {
  readonly proxy: FaultProxy;
  /** For the environment: the same cluster and user, through the proxy. */
  readonly KUBECONFIG: string;
}

/** Longer than a command goes without its second connection, shorter than the time between two pings on it. */
const calmMs = 2500;

/** Resolves when nothing has come for a while: a command that says nothing has its second connection then, over which it notices that the network is gone. */
export async function isGuarded(proxy: FaultProxy): Promise<void> {
  let seen = 0;
  let since = performance.now();
  await until('a second connection', () => {
    const { down } = proxy.bytes();
    if (down !== seen) [seen, since] = [down, performance.now()];
    return seen > 0 && performance.now() - since >= calmMs;
  });
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
