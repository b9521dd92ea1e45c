import { loadApiServer, type ApiServer, type LoadKubeOptions } from './access/kubeconfig.js';
import { PodWatches } from './pods/pod-watches.js';
import { SpdyDialer } from './spdy/dialer.js';

/** One cluster as one user in one namespace: what all but single requests is done with. */
export interface Kube extends ApiServer {
  /** The pods, through one watch where somebody holds it. */
  readonly pods: PodWatches;
  /** Opens SPDY connections, and knows whether they can pass. */
  readonly spdy: SpdyDialer;
}

/** The cluster that the kubeconfig means. Contract and failures of {@link loadApiServer}. */
export async function loadKube(options: LoadKubeOptions = {}): Promise<Kube> {
  const server = await loadApiServer(options);
  return { ...server, pods: new PodWatches(server), spdy: new SpdyDialer(server) };
}
