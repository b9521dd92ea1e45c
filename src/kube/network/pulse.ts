import { setImmediate } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { untilBeat } from '../../base/beat.js';
import { Failure } from '../../base/failure.js';
import { answerFailure, connectionFailure } from '../api/api-failure.js';
import { withConnection } from '../api/attempts.js';
import type { Mark } from '../access/agent.js';
import type { Connection, ApiServer } from '../access/kubeconfig.js';
import { onAbort } from '../on-abort.js';
import { beat, newPulse } from './pulse-plan.js';
import { readText } from '../api/request.js';

/** Why a pulse is over: the connection was closed, or nothing came any more; then those that have been silent as well meanwhile can be ended. */
export type PulseEnd = { why: 'closed' } | { why: 'silent'; others: Pick<Mark, 'endSilent'> };

export interface Pulse {
  /** Resolves once, never rejects. */
  readonly ended: Promise<PulseEnd>;
}

export interface PulseOptions {
  /** Of a watch, with its query. The less it tells the better. */
  path: string;
  /** Told what the watch tells, one event of the API each, as JSON. */
  onEvent?: ((text: string) => void) | undefined;
  onSlept?: ((ms: number) => void) | undefined;
  /** Ends it at once. */
  signal: AbortSignal;
}

const handshakeMs = 10_000;

/**
 * A watch over a WebSocket, which unlike a plain one can be asked whether it lives: a few pings a minute tell of the whole way to the API server, and
 * what has come on other connections counts as well. Costs one connection and no requests.
 *
 * Throws PULSE_REFUSED when it may not watch that, or something on the way wants no WebSocket; KUBE_UNAUTHORIZED; KUBE_API_ERROR and
 * KUBE_UNREACHABLE, which may pass; and the signal's reason.
 */
export async function openPulse(kube: ApiServer, options: PulseOptions): Promise<Pulse> {
  return withConnection(kube, options.signal, (connection) => openOnce(kube, connection, options));
}

async function openOnce(
  kube: ApiServer,
  { agent, base, headers }: Connection,
  { onEvent, onSlept, path, signal }: PulseOptions,
): Promise<Pulse> {
  signal.throwIfAborted();
  const url = new URL(base);
  url.protocol = agent.secure ? 'wss:' : 'ws:';
  const socket = new WebSocket(`${url.href.replace(/\/$/, '')}${path}`, [], {
    agent: agent.agent,
    headers: { ...headers, 'User-Agent': 'devspace' } as Record<string, string>,
    // Unlike an exec, a watch is refused without it.
    origin: base.origin,
    perMessageDeflate: false,
    handshakeTimeout: handshakeMs,
  });
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => {
      reject(signal.reason as Error);
      socket.terminate();
    });
    let broken: Failure | undefined;
    socket.on('error', (error) => reject((broken = connectionFailure(kube, error))));
    socket.once('unexpected-response', (outgoing, response: IncomingMessage) => {
      void readText(kube, response)
        .then((body) => refusal(kube, path, response.statusCode ?? 0, body))
        .catch((error: unknown) => error as Error)
        .then((error) => {
          reject(error);
          outgoing.destroy();
        });
    });
    socket.on('message', (data: Buffer) => onEvent?.(data.toString('utf8')));
    socket.once('open', () => {
      const ended = listen(socket, () => kube.mark(), onSlept);
      void ended.then(forget);
      resolve({ ended });
    });
    socket.once('close', () => {
      forget();
      reject(broken ?? connectionFailure(kube, new Error('closed')));
    });
  });
}

/** A server that starts, or a proxy that cannot reach it, is trouble; every other answer means that it will be the same next time. */
function refusal(kube: ApiServer, path: string, code: number, body: string): Failure {
  const failure = answerFailure(kube, { method: 'GET', path }, code, body);
  if (code >= 500 || code === 429 || code === 401) return failure;
  return new Failure({ code: 'PULSE_REFUSED', message: failure.message, hint: failure.hint, cause: failure });
}

/**
 * Beats until the connection is over. What comes on others counts as well, for a pong may wait behind much else. But not on those that were made after
 * this one was last heard: a way that has come back carries new connections, and leaves the old ones dead.
 */
function listen(socket: WebSocket, mark: () => Mark, onSlept: PulseOptions['onSlept']): Promise<PulseEnd> {
  return new Promise((resolve) => {
    let pulse = newPulse({ wallMs: Date.now(), monoMs: performance.now() });
    let older = mark();
    let isHeard = false;
    let doubted: Mark | undefined;
    const hear = (): void => {
      isHeard = true;
      older = mark();
    };
    socket.on('pong', hear).on('message', hear);
    const judge = (): void => {
      if (socket.readyState !== WebSocket.OPEN) return;
      const heard = older.heard() || isHeard;
      isHeard = false;
      const next = beat(pulse, { wallMs: Date.now(), monoMs: performance.now(), heard });
      pulse = next.pulse;
      if (next.sleptMs !== undefined) onSlept?.(next.sleptMs);
      if (next.act === 'gone') {
        resolve({ why: 'silent', others: doubted ?? mark() });
        return socket.terminate();
      }
      doubted = heard ? undefined : (doubted ?? mark());
      socket.ping();
      timer = setTimeout(wake, untilBeat(pulse.dueMs));
    };
    // What arrived while this process was busy or stopped is read first.
    const wake = (): void => void setImmediate().then(judge);
    let timer = setTimeout(wake, untilBeat(pulse.dueMs));
    socket.once('close', () => {
      clearTimeout(timer);
      resolve({ why: 'closed' });
    });
  });
}
