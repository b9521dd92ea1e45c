import { isFailure, type Failure } from '../../base/failure.js';
import type { ApiServer } from '../access/kubeconfig.js';
import { openSpdy, type OpenSpdy, type OpenSpdyOptions } from './open.js';

export interface DialOptions extends OpenSpdyOptions {
  /** Whether the server may take this inside a WebSocket. */
  tunnel?: boolean | undefined;
}

/** Opens SPDY connections to one API server, and remembers what does not get through, so that nobody tries that again. */
export class SpdyDialer {
  private readonly kube: ApiServer;
  private readonly refused: { upgrade?: Failure; tunnel?: true } = {};

  constructor(kube: ApiServer) {
    this.kube = kube;
  }

  /**
   * As {@link openSpdy}, and where the upgrade does not get through inside a WebSocket, when that is allowed. Throws STREAM_UNSUPPORTED when neither does,
   * from then on at once.
   */
  async open(options: DialOptions): Promise<OpenSpdy> {
    if (!this.refused.upgrade) {
      try {
        return await openSpdy(this.kube, options);
      } catch (error) {
        if (!isFailure(error, 'STREAM_UNSUPPORTED')) throw error;
        this.refused.upgrade = error;
      }
    }
    if (!options.tunnel || this.refused.tunnel) throw this.refused.upgrade;
    // Loaded where it is needed: behind few proxies.
    const { openTunnel } = await import('./tunnel.js');
    try {
      return await openTunnel(this.kube, options);
    } catch (error) {
      if (!isFailure(error, 'STREAM_UNSUPPORTED') && !isFailure(error, 'KUBE_REJECTED')) throw error;
      this.refused.tunnel = true;
      throw this.refused.upgrade;
    }
  }
}
