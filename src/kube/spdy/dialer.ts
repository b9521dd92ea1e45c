import { isFailure, type Failure } from '../../base/failure.js';
import type { Kube } from '../kubeconfig.js';
import { openSpdy, type OpenSpdy, type OpenSpdyOptions } from './open.js';

/** Opens SPDY connections to one API server, and remembers what it does not let pass, so that nobody tries that again. */
export class SpdyDialer {
  private readonly kube: () => Kube;
  private unsupported: Failure | undefined;

  constructor(kube: () => Kube) {
    this.kube = kube;
  }

  /** As {@link openSpdy}; once it was STREAM_UNSUPPORTED it is so at once. */
  async open(options: OpenSpdyOptions): Promise<OpenSpdy> {
    if (this.unsupported) throw this.unsupported;
    try {
      return await openSpdy(this.kube(), options);
    } catch (error) {
      if (isFailure(error, 'STREAM_UNSUPPORTED')) this.unsupported = error;
      throw error;
    }
  }
}
