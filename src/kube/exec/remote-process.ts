import { Failure, isFailure } from '../../base/failure.js';
import { kubectl } from '../api/api-failure.js';
import type { ExecStream, RemoteProcessOptions } from './exec-stream.js';
import type { Kube } from '../kube.js';
import { halfClosing, older, openWebSocketProcess } from './websocket-process.js';

/**
 * Opens an exec or attach sub-resource as a process. Contract: see ExecStream and openExec.
 *
 *     halfClose:  SPDY ──not spoken──▶ WebSocket v5 ──not spoken──▶ WebSocket v4, in which stdin stays open
 *     else:       WebSocket v5 or v4 ──not spoken──▶ SPDY
 *
 * Nothing has been run when one is not spoken, so the next may be tried. Where none is: STREAM_UNSUPPORTED, with what was said to each.
 */
export async function openRemoteProcess(kube: Kube, options: RemoteProcessOptions): Promise<ExecStream> {
  const webSocket = (...protocols: string[]) => openWebSocketProcess(kube, options, protocols);
  const spdy = async (): Promise<ExecStream> => {
    // Loaded where it is needed: by few.
    const { openSpdyProcess } = await import('./spdy-process.js');
    return openSpdyProcess(kube, options);
  };
  // Over WebSockets servers (seen with 1.35) now and then say Success for a command that failed and left much input unread; over SPDY they do not.
  // A server that knows only the older protocol refuses a client that offers only the newer.
  const ways = options.halfClose
    ? [spdy, () => webSocket(halfClosing), () => webSocket(older)]
    : [() => webSocket(halfClosing, older), spdy];
  const refusals: Failure[] = [];
  for (const open of ways) {
    try {
      return await open();
    } catch (error) {
      if (!isFailure(error, 'STREAM_UNSUPPORTED')) throw error;
      refusals.push(error);
    }
  }
  throw new Failure({
    code: 'STREAM_UNSUPPORTED',
    message: `Cannot reach ${options.what}: the API server ${kube.server}, or a proxy in between, passes neither WebSockets nor SPDY on`,
    subject: kube.server,
    hint: `Allow upgrades to WebSocket in the proxy; check whether kubectl gets through: ${kubectl(kube, options.kubectlWay)}`,
    details: refusals.map(({ message }) => message),
    cause: refusals[0],
  });
}
