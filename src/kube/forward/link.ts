import { isFailure } from '../../base/failure.js';
import { corePath } from '../api/api-paths.js';
import type { Kube } from '../kube.js';
import type { PodConnection, PodName, WayToPod } from './pod-connection.js';
import { SpdyPool } from './spdy-pool.js';
import { WebsocketLink } from './websocket-link.js';

/** The way into a pod: SPDY, or where that cannot pass a WebSocket for each connection. */
export class Link implements WayToPod {
  readonly pod: PodName;
  private readonly pool: SpdyPool;
  private readonly websocket: WebsocketLink;

  /** When the signal aborts, all its connections break. */
  constructor(kube: Kube, pod: PodName, signal: AbortSignal) {
    this.pod = pod;
    const { namespace, name } = pod;
    const path = corePath('pods', { namespace, name, subresource: 'portforward' });
    const options = { path, protocols: ['portforward.k8s.io'], tunnel: true, signal };
    this.pool = new SpdyPool(pod, async () => (await kube.spdy.open(options)).connection, signal);
    this.websocket = new WebsocketLink(kube, pod, signal);
  }

  connectNow(remotePort: number): PodConnection | undefined {
    return this.pool.connectNow(remotePort);
  }

  async connect(remotePort: number): Promise<PodConnection> {
    try {
      return await this.pool.connect(remotePort);
    } catch (error) {
      if (!isFailure(error, 'STREAM_UNSUPPORTED')) throw error;
      return this.websocket.connect(remotePort);
    }
  }

  warm(): void {
    this.pool.warm();
  }

  retire(): void {
    this.pool.retire();
  }
}
