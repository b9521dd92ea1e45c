import { Closing } from '../../base/closing.js';
import { Failure } from '../../base/failure.js';
import { FollowedPod } from '../../kube/forward/followed-pod.js';
import { startForward } from '../../kube/forward/forward.js';
import { bindDatagrams } from '../../kube/forward/local-port.js';
import type { PodName } from '../../kube/forward/pod-connection.js';
import type { Kube } from '../../kube/kube.js';
import { selectorFor, type ImageRefs } from '../images/built-images.js';
import type { LogFile } from '../../state/log-file.js';
import { forwardText, type PortGroup } from './port-plan.js';
import { LocalFlows, type LocalFlowsOptions } from '../tunnel/local-flows.js';
import type { TunnelStream } from '../tunnel/stream.js';
import { streamFailure } from '../tunnel/tunnel-way.js';
import { TunnelWays } from '../tunnel/tunnel-ways.js';
import { waitForPod, type WaitForPodOptions } from '../run/wait-for-pod.js';

export interface PortsOptions extends WaitForPodOptions {
  /** Directory with the helpers and their manifest.json. */
  helperDir: string;
  /** `.devspace/logs/portforwarding.log`. */
  log: LogFile;
}

/**
 * Forwards the local ports of a group, once its pod runs, and from then on to whichever pod takes its place. Dispose to close. What happens to
 * it, and to each connection that fails, is written to the log.
 */
export async function startForwards(
  kube: Kube,
  { entry, forward: mappings, kind }: PortGroup,
  refs: ImageRefs,
  options: PortsOptions,
): Promise<AsyncDisposable> {
  const { emit, log, signal } = options;
  const { images, ...selector } = selectorFor(entry, refs);
  const shown = mappings.map((one) => `${forwardText(one)}${kind === 'helper' ? ' (helper)' : ''}`);
  const ports = shown.join(', ');
  const service = { type: 'service', service: 'ports', name: ports } as const;
  const first = await waitForPod(kube, { ...selector, images }, `ports ${ports}`, options);

  let now: string | undefined = first.pod;
  const onPod = (pod: string | undefined): void => {
    if (pod === now) return;
    now = pod;
    log.write('info', pod ? `connections go to pod ${pod} from now on` : 'no pod is ready', { ports });
    if (pod) emit({ ...service, state: 'working', pod });
    else emit({ ...service, state: 'waiting', reason: 'no pod is ready' });
  };
  const onConnectionError = (failure: Failure, pod: string | undefined, isNew: boolean): void => {
    const fields = { ports, ...(pod ? { pod } : {}), code: failure.code };
    log.write('error', [failure.message, ...failure.details].join('; '), fields);
    if (!isNew) return;
    const { code, hint, message } = failure;
    const subject = pod ?? first.pod;
    emit({ type: 'warning', code, text: message, subject, ...(hint ? { hint } : {}) });
  };
  const common = { selector: { ...selector, image: images }, onPod, onConnectionError };
  const opened =
    kind === 'helper'
      ? await throughHelper(kube, { ...common, mappings, images, ...options })
      : await startForward(kube, { ...common, mappings, signal });
  log.write('info', `forwards to pod ${first.pod}`, { ports, namespace: first.namespace });
  emit({ type: 'forward', state: 'started', pod: first.pod, mappings: shown });
  emit({ ...service, state: 'working', pod: first.pod });
  return {
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      log.write('info', 'stopped', { ports });
      emit({ type: 'forward', state: 'stopped', pod: now ?? first.pod, mappings: shown });
      emit({ ...service, state: 'ended' });
    },
  };
}

type Through = Parameters<typeof startForward>[1] & PortsOptions & { images: string[] | undefined };

/** The same over a tunnel to a helper in the pod, datagrams included. */
async function throughHelper(kube: Kube, options: Through): Promise<AsyncDisposable> {
  const { mappings, onConnectionError, onPod, selector } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const closing = new Closing();
  try {
    const ways = closing.use(new TunnelWays(kube, options));
    const target = new FollowedPod(kube, { selector, onPod, signal, wayTo: ways.wayTo });
    closing.defer(() => {
      stop.abort();
      return target.ended();
    });
    const isTcp = ({ protocol }: (typeof mappings)[number]): boolean => protocol !== 'udp';
    closing.use(await startForward(kube, { ...options, mappings: mappings.filter(isTcp), signal, target }));
    for (const mapping of mappings.filter((one) => !isTcp(one))) {
      const { remotePort } = mapping;
      const reported = new Set<string>();
      let pod: PodName | undefined;
      const open = async (): Promise<TunnelStream> => {
        const way = await target.link(signal);
        ({ pod } = way);
        return (await way.tunnel()).connect('udp', remotePort);
      };
      const onBreak: LocalFlowsOptions['onBreak'] = (why) => {
        if (signal.aborted) return;
        const failure = 'error' in why ? why.error : pod && streamFailure(pod, remotePort, why);
        if (!(failure instanceof Failure)) throw failure;
        onConnectionError?.(failure, pod?.name, !reported.has(failure.message));
        reported.add(failure.message);
      };
      closing.use(new LocalFlows({ socket: await bindDatagrams(mapping), open, onBreak }));
    }
    return closing;
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}
