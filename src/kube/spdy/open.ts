import * as http from 'node:http';
import * as https from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '../../base/failure.js';
import { timedOut } from '../../base/timed-out.js';
import { answerFailure, knowsNoUpgrade, kubectl } from '../api/api-failure.js';
import { noAnswer, refusedLater, withConnection } from '../api/attempts.js';
import type { Connection, ApiServer } from '../access/kubeconfig.js';
import { onAbort } from '../on-abort.js';
import { readOnAfterFailedWrite } from '../logs/read-on.js';
import { giveUp, readText } from '../api/request.js';
import { SpdyConnection, type SpdyConnectionOptions } from './connection.js';

export interface OpenSpdyOptions extends Omit<SpdyConnectionOptions, 'server'> {
  /** With its query. */
  path: string;
  /** For `X-Stream-Protocol-Version`, in order of preference. */
  protocols: readonly string[];
  /** Ends the handshake, and later the connection, at once. */
  signal?: AbortSignal | undefined;
  handshakeTimeoutMs?: number | undefined;
}

export interface OpenSpdy {
  connection: SpdyConnection;
  /** What the server chose of `protocols`; servers of port-forward may not say. */
  protocol: string | undefined;
}

/**
 * Opens a SPDY/3.1 connection by an upgrade, as kubectl has always done and every API server takes; the caller closes it.
 *
 * Port-forward: protocol `portforward.k8s.io`; for each connection a stream with the headers `{streamType: 'error', port, requestID}` and one with
 * `{streamType: 'data', port, requestID}`. Exec: path as for the WebSocket, protocol `v4.channel.k8s.io`; streams with `{streamType: 'error'}`, then
 * `stdin`, `stdout`, `stderr`, `resize`, as many as the query asks for. The server starts the command when it has all of them; what it writes to
 * `error` last is the Status with the exit code, after which it resets what it has not ended, `error` and `stdin` at least. Ending `stdin` is the
 * end of the command's input.
 *
 * Throws as openChannel: the server's refusal (see answerFailure), KUBE_UNREACHABLE without an answer, and STREAM_UNSUPPORTED when the answer is no
 * upgrade to SPDY, which is how proxies that do not know it show themselves.
 */
export async function openSpdy(kube: ApiServer, options: OpenSpdyOptions): Promise<OpenSpdy> {
  return withConnection(kube, options.signal, (connection) => openOnce(kube, connection, options));
}

async function openOnce(
  kube: ApiServer,
  connection: Connection,
  options: OpenSpdyOptions,
): Promise<OpenSpdy> {
  const { base, agent, headers } = connection;
  const { path, signal, protocols, handshakeTimeoutMs = 30_000 } = options;
  return new Promise((resolve, reject) => {
    const request = (agent.secure ? https : http).request({
      agent: agent.agent,
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      method: 'POST',
      path: base.pathname.replace(/\/$/, '') + path,
      headers: {
        ...headers,
        'User-Agent': 'devspace',
        'Content-Length': '0',
        Connection: 'Upgrade',
        Upgrade: 'SPDY/3.1',
        'X-Stream-Protocol-Version': [...protocols],
      },
    });
    const settled = (): void => {
      clearTimeout(timer);
      forget();
    };
    const failed = (error: Error): void => {
      settled();
      reject(noAnswer(kube, error, request.reusedSocket));
    };
    const timer = setTimeout(() => giveUp(request, timedOut(), failed), handshakeTimeoutMs);
    const forget = onAbort(signal, () => giveUp(request, signal?.reason as Error, failed));
    request.once('upgrade', (response, socket: Duplex, head) => {
      settled();
      if (!/^spdy\/3\.1$/i.test(response.headers.upgrade ?? '')) {
        socket.destroy();
        return reject(unsupported(kube, 101));
      }
      readOnAfterFailedWrite(socket);
      // An agent's noDelay does not reach a TLS socket; without it, small frames wait 40 ms for the acknowledgement of those before.
      if (socket instanceof Socket) socket.setNoDelay(true);
      const opened = new SpdyConnection(socket, head, { ...options, server: kube.server });
      const release = onAbort(signal, () => opened.close());
      void opened.closed.then(release);
      const protocol = response.headers['x-stream-protocol-version'];
      resolve({ connection: opened, protocol: Array.isArray(protocol) ? protocol[0] : protocol });
    });
    request.once('response', (response) => {
      const code = response.statusCode ?? 0;
      void readText(kube, response)
        .then((body) => refusedLater(refused(kube, path, code, body), code, response.headers['retry-after']))
        .catch((error: unknown) => error as Error)
        .then((error) => {
          settled();
          reject(error);
          request.destroy();
        });
    });
    request.on('error', failed);
    request.end();
  });
}

/** A server that does not know the upgrade takes the request for a plain one, and says in a Status that it is a bad one. */
function refused(kube: ApiServer, path: string, code: number, body: string): Failure {
  const upgrade = /upgrade (request )?required|unable to upgrade|must be an upgrade/i.test(body);
  return (upgrade && code === 400) || knowsNoUpgrade(code, body)
    ? unsupported(kube, code)
    : answerFailure(kube, { method: 'POST', path }, code, body);
}

function unsupported(kube: ApiServer, code: number): Failure {
  return new Failure({
    code: 'STREAM_UNSUPPORTED',
    message: `The API server ${kube.server}, or a proxy in between, does not upgrade connections to SPDY/3.1 (HTTP ${code})`,
    subject: kube.server,
    hint: `Check whether this works: ${kubectl(kube, 'version')} (1.20 or newer is needed)`,
  });
}
