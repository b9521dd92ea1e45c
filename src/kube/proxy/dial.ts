import type { Socket } from 'node:net';
import type { ProxyChoice } from './choose.js';
import { openHttpTunnel } from './http-tunnel.js';
import { openSocksTunnel } from './socks-tunnel.js';
import type { DialOptions, Target } from './target.js';

/**
 * Connects to `target` through a proxy; what is written to the socket then goes to the target. Names are looked up by the proxy, also with
 * `socks5`, as kubectl has it. The caller closes the socket.
 *
 * Throws KUBE_UNREACHABLE when the proxy cannot be reached, does not answer, or cannot reach the target, for waiting may help, and
 * KUBE_PROXY_REFUSED when it does not let us through.
 */
export async function dialThroughProxy(
  proxy: ProxyChoice,
  target: Target,
  options: DialOptions = {},
): Promise<Socket> {
  const socket = proxy.url.protocol.startsWith('socks')
    ? await openSocksTunnel(proxy, target, options)
    : await openHttpTunnel(proxy, target, options);
  // See agent.ts for why the kernel probes idle connections.
  socket.setKeepAlive(true, 5000);
  socket.setNoDelay(true);
  return socket;
}
