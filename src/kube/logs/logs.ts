import type { ApiServer } from '../access/kubeconfig.js';
import type { IncomingMessage } from 'node:http';
import { Failure, isFailure } from '../../base/failure.js';
import { connectionFailure, kubectl } from '../api/api-failure.js';
import { corePath, withQuery } from '../api/api-paths.js';
import { inBlocks } from './in-blocks.js';
import type { Status } from '../api/objects.js';
import { openRequest } from '../api/request.js';
import { timeOfFirstLine } from './log-time.js';

export interface LogOptions {
  namespace: string;
  pod: string;
  container: string;
  /** Begin with so many of the last lines; default all of them. */
  tailLines?: number | undefined;
  /** Begin with lines of this time (RFC 3339, whole seconds) or later. */
  sinceTime?: string | undefined;
  /** Begin with lines that are at most so old, by the server's clock. */
  sinceSeconds?: number | undefined;
  /** No more than so much of its beginning. */
  limitBytes?: number | undefined;
  /** Of the instance of the container before the present one. */
  previous?: boolean | undefined;
}

/**
 * Whether a text is what a node answers instead of the log of a container that it has removed, or is just removing. The status is 200 all the same.
 * Source: GetContainerLogs in https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/kuberuntime_container.go, and the log reader
 * of https://github.com/kubernetes/kubernetes/tree/master/staging/src/k8s.io/cri-client/pkg/logs.
 */
export function isOfRemoved(text: string): boolean {
  return /^unable to retrieve container logs for |^failed to .*: no such file or directory\s*$/.test(text);
}

/** As much as such a text has at most. */
const goneBytes = 1024;

/**
 * The log as it is now, byte for byte, in pieces as they arrive; the server is held back while nobody takes them. Failures as openRequest:
 * KUBE_UNREACHABLE also when the connection broke before the end. LOGS_UNAVAILABLE when the container has no log yet, none of a previous instance, or
 * none any more.
 */
export async function* readLog(
  kube: ApiServer,
  options: LogOptions,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  let stream: IncomingMessage;
  try {
    stream = await openLog(kube, options, { follow: false, timestamps: false }, signal);
  } catch (error) {
    throw isFailure(error, 'KUBE_REJECTED') ? refusedFailure(kube, options, error) : error;
  }
  let isFirst = true;
  let doubtful: Buffer | undefined;
  for await (const piece of piecesOf(kube, stream)) {
    if (isFirst && piece.length < goneBytes && !piece.includes(0x0a) && isOfRemoved(piece.toString('utf8')))
      doubtful = piece;
    else {
      if (doubtful !== undefined) yield doubtful;
      doubtful = undefined;
      yield piece;
    }
    isFirst = false;
  }
  if (doubtful !== undefined) throw goneFailure(kube, options);
}

/** The answer with a log; the caller reads or destroys it. Failures as openRequest. */
export async function openLog(
  kube: ApiServer,
  options: LogOptions,
  { follow, timestamps }: { follow: boolean; timestamps: boolean },
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const { namespace, pod, container, ...range } = options;
  const path = corePath('pods', { namespace, name: pod, subresource: 'log' });
  const query = { container, follow, timestamps, ...range };
  return openRequest(kube, { method: 'GET', path: withQuery(path, query), accept: '*/*', signal });
}

/** The bytes of one answer as they come, in blocks. Closes `stream`. */
export async function* piecesOf(kube: ApiServer, stream: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* inBlocks(stream);
  } catch (error) {
    throw error instanceof Failure ? error : connectionFailure(kube, error);
  }
}

/** Of the oldest line in the file the node reads from; undefined when that cannot be had. Throws the signal's reason. */
export async function firstTime(
  kube: ApiServer,
  options: LogOptions,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const range = { ...options, limitBytes: 64 };
    const answer = await openLog(kube, range, { follow: false, timestamps: true }, signal);
    let start = Buffer.alloc(0);
    for await (const piece of piecesOf(kube, answer)) {
      start = Buffer.concat([start, piece]);
      if (start.length >= range.limitBytes) break;
    }
    return timeOfFirstLine(start);
  } catch (error) {
    if (signal?.aborted || !(error instanceof Failure)) throw error;
    return undefined;
  }
}

function goneFailure(kube: ApiServer, options: LogOptions): Failure {
  const { container, namespace, pod } = options;
  return unavailable(
    kube,
    options,
    `The node has removed the log of container ${container} of pod ${namespace}/${pod}`,
  );
}

/** The server refuses with 400 what it would do in another state of the container. */
function refusedFailure(kube: ApiServer, options: LogOptions, refusal: Failure): Failure {
  const { container, namespace, pod, previous } = options;
  const reason = (refusal.cause as Status | undefined)?.message ?? refusal.message;
  if (previous && reason.includes('previous terminated container')) {
    const text = `Container ${container} of pod ${namespace}/${pod} was never restarted, so it has no previous log`;
    return unavailable(kube, options, text, refusal);
  }
  return unavailable(kube, options, `There are no logs of pod ${namespace}/${pod} yet: ${reason}`, refusal);
}

function unavailable(
  kube: ApiServer,
  { namespace, pod }: LogOptions,
  message: string,
  cause?: Failure,
): Failure {
  const hint = kubectl(kube, `describe pod ${pod} -n ${namespace}`);
  return new Failure({ code: 'LOGS_UNAVAILABLE', message, subject: pod, hint, cause });
}
