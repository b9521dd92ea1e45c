import { Failure } from '../../base/failure.js';
import { kubectl } from '../api/api-failure.js';
import { corePath } from '../api/api-paths.js';
import type { ApiServer } from '../access/kubeconfig.js';
import { readLog } from '../logs/logs.js';
import type { KubeEvent, Pod } from '../api/objects.js';
import { allContainerStatuses, hasLog, podStatus } from './pod-status.js';
import { podTrouble, type PodTrouble } from './pod-trouble.js';
import { listObjects } from '../api/rest.js';

const maxEvents = 5;
const maxLogLines = 10;
/** Of lines without end. */
const maxLogBytes = 64 * 1024;

/**
 * Why a pod does not run, as lines to show: the cause, its recent events (each once, newest last), the last lines of the log of the container in
 * trouble. Never throws because a part of that cannot be had; the signal's reason is thrown.
 */
export async function explainPod(kube: ApiServer, pod: Pod, signal?: AbortSignal): Promise<string[]> {
  const trouble = podTrouble(pod);
  const [events, log] = await Promise.all([
    eventLines(kube, pod, signal).catch(() => []),
    trouble ? lastLogLines(kube, pod, trouble.container, signal).catch(() => []) : [],
  ]);
  signal?.throwIfAborted();
  return [
    trouble?.text ?? `pod ${pod.metadata.name} is ${podStatus(pod)}`,
    ...(events.length > 0 ? ['Events:', ...events.map((line) => `  ${line}`)] : []),
    ...(log.length > 0
      ? [`Last log lines of container "${trouble!.container}":`, ...log.map((line) => `  ${line}`)]
      : []),
  ];
}

/** POD_FAILED for a pod in trouble, with everything {@link explainPod} finds. */
export async function podFailure(
  kube: ApiServer,
  pod: Pod,
  trouble: PodTrouble,
  signal?: AbortSignal,
): Promise<Failure> {
  const { name, namespace = kube.namespace } = pod.metadata;
  const [, ...details] = await explainPod(kube, pod, signal);
  const which = pod.spec.containers.length > 1 ? ` -c ${trouble.container}` : '';
  return new Failure({
    code: 'POD_FAILED',
    message: `Pod ${namespace}/${name} does not run: ${trouble.text}`,
    subject: name,
    hint: `${hasLog(pod, trouble.container) ? `devspace logs --pod ${name}${which}, or: ` : ''}${kubectl(kube, `describe pod ${name} -n ${namespace}`)}`,
    details,
  });
}

/** Events as lines, each text once with its count, newest last. */
export function describeEvents(events: readonly KubeEvent[], max = maxEvents): string[] {
  const byText = new Map<string, { at: string; count: number; line: string }>();
  for (const event of events) {
    const line = `${event.type ?? 'Normal'} ${event.reason ?? ''}: ${(event.message ?? '').trim().split('\n')[0]}`;
    const at = eventTime(event);
    const count = event.series?.count ?? event.count ?? 1;
    const seen = byText.get(line);
    byText.set(line, { line, at: seen && seen.at > at ? seen.at : at, count: count + (seen?.count ?? 0) });
  }
  return [...byText.values()]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(-max)
    .map(({ line, count }) => (count > 1 ? `${line} (${count} times)` : line));
}

async function eventLines(kube: ApiServer, pod: Pod, signal?: AbortSignal): Promise<string[]> {
  const { items } = await listObjects<KubeEvent>(
    kube,
    corePath('events', { namespace: pod.metadata.namespace ?? kube.namespace }),
    { fieldSelector: `involvedObject.uid=${pod.metadata.uid}`, signal, timeoutMs: 5000 },
  );
  return describeEvents(items);
}

async function lastLogLines(
  kube: ApiServer,
  pod: Pod,
  container: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const status = allContainerStatuses(pod).find((one) => one.name === container);
  // One that has just been started again has written nothing yet about why it failed before.
  const previous = status?.state?.running !== undefined && status.restartCount > 0;
  const { name, namespace = kube.namespace } = pod.metadata;
  const log = { namespace, pod: name, container, tailLines: maxLogLines, previous };
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of readLog(kube, log, signal)) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxLogBytes) break;
  }
  const text = Buffer.concat(pieces).toString('utf8').replace(/\n$/, '');
  return text === '' ? [] : text.split('\n');
}

function eventTime(event: KubeEvent): string {
  return (
    event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? ''
  );
}
