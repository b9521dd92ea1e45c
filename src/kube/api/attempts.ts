import { abortable, sleep } from '../../base/abort.js';
import { isFailure, systemCode, type Failure } from '../../base/failure.js';
import { connectionFailure } from './api-failure.js';
import type { Connection, ApiServer } from '../access/kubeconfig.js';

/** The kept connection that was used had been closed by the other side. */
class StaleConnection extends Error {}

/** The server wants to be asked again later. */
class ComeBackLater extends Error {
  readonly failure: Failure;
  readonly afterMs: number;

  constructor(failure: Failure, afterMs: number) {
    super(failure.message);
    this.failure = failure;
    this.afterMs = afterMs;
  }
}

/** How often the server may ask to come back later before that is the answer. */
const maxWaits = 5;
const maxWaitMs = 30_000;

/**
 * Asks the server for something, and again where that helps: once after a 401 when credentials can be renewed, once when a kept connection turned out to
 * be dead (unless the request must not be `repeatable`), and as often as the server says Retry-After, within limits.
 *
 * `attempt` throws what {@link noAnswer} and {@link refusedLater} make, or what is to be thrown. Throws also the failures of the credential plugin and the
 * signal's reason.
 */
export async function withConnection<T>(
  kube: ApiServer,
  signal: AbortSignal | undefined,
  attempt: (connection: Connection) => Promise<T>,
  repeatable = true,
): Promise<T> {
  let renewed = false;
  let redialled = false;
  for (let waits = 0; ;) {
    // A credential plugin may wait for a person.
    const connection = await abortable(kube.connect(), signal);
    try {
      return await attempt(connection);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof StaleConnection) {
        if (redialled || !repeatable) throw connectionFailure(kube, error.cause);
        redialled = true;
        connection.agent.destroyIdle();
      } else if (isFailure(error, 'KUBE_UNAUTHORIZED') && !renewed && kube.renew(connection)) {
        renewed = true;
      } else if (error instanceof ComeBackLater) {
        waits += 1;
        if (waits > maxWaits) throw error.failure;
        await sleep(error.afterMs, signal);
      } else throw error;
    }
  }
}

/** For a request that got no answer. `reused`: it went over a connection that had served another one. */
export function noAnswer(kube: ApiServer, error: unknown, reused: boolean): Error {
  const code = systemCode(error);
  return reused && (code === 'ECONNRESET' || code === 'EPIPE')
    ? new StaleConnection('stale', { cause: error })
    : connectionFailure(kube, error);
}

/** For an answer that is a refusal: the failure itself, unless the server said Retry-After with a 429 or 5xx. */
export function refusedLater(failure: Failure, code: number, retryAfter: string | undefined): Error {
  if (retryAfter === undefined || (code !== 429 && code < 500)) return failure;
  const seconds = Number(retryAfter);
  if (!Number.isFinite(seconds)) return failure;
  return new ComeBackLater(failure, Math.min(Math.max(seconds * 1000, 100), maxWaitMs));
}
