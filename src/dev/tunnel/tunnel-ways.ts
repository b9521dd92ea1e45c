import { randomBytes } from 'node:crypto';
import type { Kube } from '../../kube/kube.js';
import type { Pod } from '../../kube/api/objects.js';
import { openTunnel, type OpenTunnelOptions } from './open-tunnel.js';
import { TunnelWay } from './tunnel-way.js';

export type TunnelWaysOptions = Omit<OpenTunnelOptions, 'onUnused' | 'signal' | 'token'>;

/** The tunnels into the pods of one selector, one for each pod. Disposing closes them. */
export class TunnelWays implements AsyncDisposable {
  readonly #kube: Kube;
  readonly #options: TunnelWaysOptions;
  readonly #token = randomBytes(6).toString('hex');
  readonly #ways: TunnelWay[] = [];

  constructor(kube: Kube, options: TunnelWaysOptions) {
    this.#kube = kube;
    this.#options = options;
  }

  readonly wayTo = (pod: Pod): TunnelWay => {
    const { name, namespace = this.#kube.namespace } = pod.metadata;
    const more = { ...this.#options, token: this.#token };
    const way = new TunnelWay({ namespace, name }, (signal, onUnused) =>
      openTunnel(this.#kube, pod, { ...more, signal, onUnused }),
    );
    this.#ways.push(way);
    return way;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#ways.map((way) => way[Symbol.asyncDispose]()));
  }
}
