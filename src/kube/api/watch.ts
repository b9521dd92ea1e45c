import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { Failure, isFailure } from '../../base/failure.js';
import { answerFailure, connectionFailure } from './api-failure.js';
import { withQuery } from './api-paths.js';
import type { ApiServer } from '../access/kubeconfig.js';
import type { KubeObject, Status } from './objects.js';
import { openRequest } from './request.js';
import { listObjects } from './rest.js';

export interface WatchOptions {
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Without a byte for this long the connection counts as dead; servers send a bookmark about once a minute. Default 150 s. */
  idleMs?: number | undefined;
  /** Told each time the watch was interrupted and will be resumed. */
  onLost?: ((failure: Failure) => void) | undefined;
  /** After an interruption list anew, and tell the set even when it is the same: for those who must not act upon what was. */
  relist?: boolean | undefined;
}

interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}

/** How often an established watch tolerates being refused: a server that just started answers 403 until it has read its roles. */
const toleratedRefusals = 5;

/**
 * The objects under a list path, by uid: first as they are, then anew each time something changed. Ends only by the caller's `break`, the signal
 * (its reason is thrown) or a failure that waiting does not heal. Interruptions are bridged: from the last known version when the server still
 * has it, else by listing anew. A slow consumer sees fewer, newer sets.
 *
 * Throws what listing throws the first time; later only refusals (KUBE_UNAUTHORIZED, KUBE_FORBIDDEN, KUBE_NOT_FOUND, KUBE_REJECTED).
 */
export async function* watchObjects<T extends KubeObject>(
  kube: ApiServer,
  path: string,
  options: WatchOptions = {},
): AsyncGenerator<ReadonlyMap<string, T>, never> {
  const { labelSelector, fieldSelector, signal, idleMs = 150_000 } = options;
  let objects: Map<string, T> | undefined;
  let version: string | undefined;
  let failures = 0;
  for (;;) {
    try {
      if (version === undefined) {
        const listed = await listObjects<T>(kube, path, { labelSelector, fieldSelector, signal });
        objects = new Map(listed.items.map((item) => [item.metadata.uid, item]));
        version = listed.resourceVersion;
        yield new Map(objects);
      }
      const query = { labelSelector, fieldSelector, watch: true, allowWatchBookmarks: true };
      const asked = withQuery(path, { ...query, resourceVersion: version });
      const stream = await openRequest(kube, { method: 'GET', path: asked, signal });
      for await (const batch of readBatches<T>(kube, stream, idleMs)) {
        failures = 0;
        let changed = false;
        for (const event of batch) {
          if (event.type === 'ERROR') throw watchFailure(kube, path, event.object as Status);
          version = event.object.metadata.resourceVersion ?? version;
          if (event.type === 'BOOKMARK') continue;
          changed = true;
          if (event.type === 'DELETED') objects?.delete(event.object.metadata.uid);
          else objects?.set(event.object.metadata.uid, event.object);
        }
        if (changed) yield new Map(objects);
      }
      // The server ends each watch now and then; one that ends it at once must not make us spin.
      if (failures > 0) await kube.network.pause(backoffMs(failures), signal);
      failures += 1;
    } catch (error) {
      signal?.throwIfAborted();
      if (objects === undefined || !(error instanceof Failure)) throw error;
      const isOutdated = isFailure(error, 'KUBE_GONE');
      if (!isOutdated && !isPassing(error) && failures >= toleratedRefusals) throw error;
      if (isOutdated || options.relist) version = undefined;
      options.onLost?.(error);
      await kube.network.pause(backoffMs(failures), signal);
      failures += 1;
    }
  }
}

/** The events of one watch connection, as many at a time as arrived together. Closes `stream`. */
async function* readBatches<T>(
  kube: ApiServer,
  stream: IncomingMessage,
  idleMs: number,
): AsyncGenerator<WatchEvent<T>[]> {
  const decoder = new StringDecoder('utf8');
  let pending: string[] = [];
  // While the consumer is busy nothing is read, so silence means nothing.
  let isReading = true;
  const idle = setTimeout(() => {
    if (isReading) stream.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' }));
  }, idleMs);
  try {
    for await (const chunk of stream) {
      idle.refresh();
      const text = decoder.write(chunk as Buffer);
      const end = text.lastIndexOf('\n');
      if (end < 0) {
        pending.push(text);
        continue;
      }
      pending.push(text.slice(0, end));
      const lines = pending.join('').split('\n');
      pending = [text.slice(end + 1)];
      const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WatchEvent<T>);
      isReading = false;
      if (events.length > 0) yield events;
      isReading = true;
      idle.refresh();
    }
  } catch (error) {
    // What the consumer throws does not come by here: this is the connection.
    throw error instanceof Failure ? error : connectionFailure(kube, error);
  } finally {
    clearTimeout(idle);
    stream.destroy();
  }
}

function watchFailure(kube: ApiServer, path: string, status: Status): Failure {
  return answerFailure(kube, { method: 'WATCH', path }, status.code ?? 500, JSON.stringify(status));
}

/** True when the server could not be reached or had trouble of its own. */
export function isPassing(error: unknown): boolean {
  return isFailure(error, 'KUBE_UNREACHABLE') || isFailure(error, 'KUBE_API_ERROR');
}

/** Half of it is chance, so that not everybody is back at a server at the same moment. */
function backoffMs(failures: number): number {
  const most = failures === 0 ? 50 : Math.min(100 * 2 ** failures, 5000);
  return most * (0.5 + Math.random() / 2);
}
