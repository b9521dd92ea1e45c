import * as http from 'node:http';
import * as https from 'node:https';
import { systemCode } from '../../base/failure.js';
import { timedOut } from '../../base/timed-out.js';
import { answerFailure, connectionFailure } from './api-failure.js';
import { noAnswer, refusedLater, withConnection } from './attempts.js';
import type { Connection, ApiServer } from '../access/kubeconfig.js';
import { onAbort } from '../on-abort.js';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query, without the server. */
  path: string;
  body?: string | undefined;
  /** Of the body; default `application/json`. */
  contentType?: string | undefined;
  accept?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Until the head of the answer has arrived; default 30 s. */
  timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 30_000;

/**
 * Sends one request and resolves with the answer as soon as its head is there, if it is 2xx; the caller reads or destroys the body. The body is
 * destroyed with the signal's reason when the signal aborts.
 *
 * Tried again as {@link withConnection} says; POST and PATCH are not repeated on a dead connection.
 *
 * Throws the failures of {@link answerFailure} and {@link connectionFailure}, those of the credential plugin, and the signal's reason.
 */
export async function openRequest(kube: ApiServer, request: ApiRequest): Promise<http.IncomingMessage> {
  const repeatable = request.method !== 'POST' && request.method !== 'PATCH';
  const attempt = async (connection: Connection): Promise<http.IncomingMessage> => {
    const response = await sendOnce(kube, connection, request);
    const code = response.statusCode ?? 0;
    if (code >= 200 && code < 300) return response;
    const body = await readText(kube, response, request.timeoutMs);
    throw refusedLater(answerFailure(kube, request, code, body), code, response.headers['retry-after']);
  };
  return withConnection(kube, request.signal, attempt, repeatable);
}

/** Reads a whole answer as text within `timeoutMs` (default 30 s). Throws KUBE_UNREACHABLE when it breaks off. */
export async function readText(
  kube: ApiServer,
  response: http.IncomingMessage,
  timeoutMs = defaultTimeoutMs,
): Promise<string> {
  const timer = setTimeout(() => response.destroy(timedOut()), timeoutMs);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    // An aborted caller gets the reason it gave; everything else is the connection's fault.
    if (systemCode(error) === undefined && !(error instanceof TypeError)) throw error;
    throw connectionFailure(kube, error);
  } finally {
    clearTimeout(timer);
  }
}

async function sendOnce(
  kube: ApiServer,
  connection: Connection,
  request: ApiRequest,
): Promise<http.IncomingMessage> {
  const { base, agent, headers } = connection;
  return new Promise((resolve, reject) => {
    const { signal } = request;
    const outgoing = (agent.secure ? https : http).request({
      agent: agent.agent,
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      method: request.method,
      path: base.pathname.replace(/\/$/, '') + request.path,
      headers: {
        ...headers,
        Accept: request.accept ?? 'application/json',
        'User-Agent': 'devspace',
        ...(request.body === undefined
          ? {}
          : {
              'Content-Type': request.contentType ?? 'application/json',
              'Content-Length': Buffer.byteLength(request.body),
            }),
      },
    });
    let answer: http.IncomingMessage | undefined;
    const failed = (error: Error): void => {
      clearTimeout(timer);
      forget();
      reject(noAnswer(kube, error, outgoing.reusedSocket));
    };
    const timer = setTimeout(
      () => giveUp(outgoing, timedOut(), failed),
      request.timeoutMs ?? defaultTimeoutMs,
    );
    const abort = (): void => {
      answer?.destroy(signal?.reason as Error);
      giveUp(outgoing, signal?.reason as Error, failed);
    };
    const forget = onAbort(signal, abort);
    outgoing.once('response', (response) => {
      clearTimeout(timer);
      answer = response;
      // An abort from then on must not end a connection that serves somebody else by now.
      response.once('end', forget);
      resolve(response);
    });
    outgoing.on('error', failed);
    outgoing.once('close', () => {
      clearTimeout(timer);
      forget();
    });
    outgoing.end(request.body);
  });
}

/** Destroys a request. Node tells the error only when the request has a connection, so while that is still being made, it is told here. */
export function giveUp(request: http.ClientRequest, error: Error, failed: (error: Error) => void): void {
  request.destroy(error);
  if (!request.socket) failed(error);
}
