import * as http from 'node:http';
import * as https from 'node:https';
import { sleep } from '../base/abort.js';
import { systemCode } from '../base/failure.js';
import { answerFailure, connectionFailure } from './api-failure.js';
import type { Connection, Kube } from './kubeconfig.js';
import { onAbort } from './on-abort.js';

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
/** How often the server may ask to come back later (429, or 5xx with Retry-After) before that is the answer. */
const maxRetryAfter = 5;
const maxRetryAfterMs = 30_000;

/**
 * Sends one request and resolves with the answer as soon as its head is there, if it is 2xx; the caller reads or destroys the body. The body is
 * destroyed with the signal's reason when the signal aborts.
 *
 * Tried again: once after a 401 when credentials can be renewed; once when a kept connection turns out to be dead (only methods that may be
 * repeated); as often as the server says Retry-After, within limits.
 *
 * Throws the failures of {@link answerFailure} and {@link connectionFailure}, those of the credential plugin, and the signal's reason.
 */
export async function openRequest(kube: Kube, request: ApiRequest): Promise<http.IncomingMessage> {
  let renewed = false;
  let redialled = false;
  for (let waits = 0; ;) {
    const connection = await kube.connect();
    request.signal?.throwIfAborted();
    let response: http.IncomingMessage;
    try {
      response = await sendOnce(connection, request);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (
        error instanceof StaleConnection &&
        !redialled &&
        request.method !== 'POST' &&
        request.method !== 'PATCH'
      ) {
        redialled = true;
        connection.agent.destroyIdle();
        continue;
      }
      throw connectionFailure(kube, error instanceof StaleConnection ? error.cause : error);
    }
    const code = response.statusCode ?? 0;
    if (code >= 200 && code < 300) return response;
    const body = await readText(kube, response, request.timeoutMs);
    if (code === 401 && !renewed && kube.renew(connection)) {
      renewed = true;
      continue;
    }
    const wait = retryAfterMs(code, response.headers['retry-after']);
    if (wait !== undefined && waits < maxRetryAfter) {
      waits += 1;
      await sleep(wait, request.signal);
      continue;
    }
    throw answerFailure(kube, request, code, body);
  }
}

/** Reads a whole answer as text within `timeoutMs` (default 30 s). Throws KUBE_UNREACHABLE when it breaks off. */
export async function readText(
  kube: Kube,
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

class StaleConnection extends Error {}

async function sendOnce(connection: Connection, request: ApiRequest): Promise<http.IncomingMessage> {
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
    const timer = setTimeout(() => outgoing.destroy(timedOut()), request.timeoutMs ?? defaultTimeoutMs);
    const abort = (): void => {
      answer?.destroy(signal?.reason as Error);
      outgoing.destroy(signal?.reason as Error);
    };
    const forget = onAbort(signal, abort);
    outgoing.once('response', (response) => {
      clearTimeout(timer);
      answer = response;
      resolve(response);
    });
    outgoing.on('error', (error) => {
      const code = systemCode(error);
      const stale = outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
      reject(stale ? new StaleConnection('stale', { cause: error }) : error);
    });
    outgoing.once('close', () => {
      clearTimeout(timer);
      forget();
    });
    outgoing.end(request.body);
  });
}

function retryAfterMs(code: number, header: string | undefined): number | undefined {
  if (header === undefined || (code !== 429 && code < 500)) return undefined;
  const seconds = Number(header);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds * 1000, 100), maxRetryAfterMs) : undefined;
}

function timedOut(): Error {
  return Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
}
