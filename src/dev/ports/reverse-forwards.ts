import { abortable } from '../../base/abort.js';
import { Failure } from '../../base/failure.js';
import { addressText } from '../../kube/forward/local-port.js';
import { FollowedPod } from '../../kube/forward/followed-pod.js';
import type { Kube } from '../../kube/kube.js';
import { isPassing } from '../../kube/api/watch.js';
import type { Event } from '../../report/events.js';
import { selectorFor, type ImageRefs } from '../images/built-images.js';
import type { PortsOptions } from './forwards.js';
import { reverseText, type PortGroup, type ReverseMapping } from './port-plan.js';
import { refusedCodes } from '../tunnel/frames.js';
import { connectLocally } from '../tunnel/to-local.js';
import type { ListenRefusal, Tunnel } from '../tunnel/tunnel.js';
import type { TunnelWay } from '../tunnel/tunnel-way.js';
import { TunnelWays } from '../tunnel/tunnel-ways.js';
import { waitForPod } from '../run/wait-for-pod.js';

const retryMs = 1000;
const maxRetryMs = 15_000;
/** The container or the way to it went away; another tunnel may hold. */
const passing: ReadonlySet<string> = new Set(['STREAM_LOST', 'KUBE_NOT_FOUND', 'EXEC_FAILED']);
const maxTimerMs = 2 ** 31 - 1;

/**
 * Listens in the pod of a group, once it runs, and in whichever pod takes its place, and connects what comes there with the local ports. What one
 * cannot listen on is told, and the others go on. Resolves when the first pod was tried. Dispose to close.
 */
export async function startReverse(
  kube: Kube,
  group: PortGroup,
  refs: ImageRefs,
  options: PortsOptions,
): Promise<AsyncDisposable> {
  const { images, ...selector } = selectorFor(group.entry, refs);
  const all = group.reverse.map(reverseText).join(', ');
  await waitForPod(kube, { ...selector, images }, `ports ${all}`, options);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const ways = new TunnelWays(kube, { ...options, images });
  const ports = group.reverse.map((mapping) => new ReversePort(mapping, options));
  const target = new FollowedPod(kube, {
    selector: { ...selector, image: images },
    // An app may need its ports before it can be ready.
    running: true,
    waitMs: maxTimerMs - 1000,
    wayTo: ways.wayTo,
    onPod: (pod) => {
      if (pod === undefined) for (const port of ports) port.waits();
    },
    signal,
  });
  let tried: () => void = () => {};
  const first = new Promise<void>((resolve) => (tried = resolve));
  const keeping = keep(kube, target, ports, signal, tried).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  await Promise.race([first, keeping]);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await keeping;
      await target.ended();
      await ways[Symbol.asyncDispose]();
      for (const port of ports) port.ended();
    },
  };
}

/** Listens in one pod after the other until the signal aborts. */
async function keep(
  kube: Kube,
  target: FollowedPod<TunnelWay>,
  ports: readonly ReversePort[],
  signal: AbortSignal,
  tried: () => void,
): Promise<never> {
  for (let failures = 0; ; failures += 1) {
    const way = await target.link(signal);
    try {
      const tunnel = await abortable(way.tunnel(), signal);
      const pod = way.pod.name;
      const listening = await abortable(Promise.all(ports.map((port) => port.listen(tunnel, pod))), signal);
      tried();
      failures = -1;
      const moved = target.moved(way, maxTimerMs, signal);
      const failure = await Promise.race([tunnel.closed, moved.then(() => undefined)]);
      moved.catch(() => {});
      signal.throwIfAborted();
      if (failure) throw failure;
      for (const listener of listening) if (listener !== undefined) tunnel.unlisten(listener);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure)) throw error;
      tried();
      const passes = isPassing(error) || passing.has(error.code);
      for (const port of ports) port.lost(error, way.pod.name, passes);
      // What cannot work in this pod may in the next.
      if (!passes) await target.moved(way, maxTimerMs, signal);
      else if (failures >= 0 || kube.network.isGone)
        await kube.network.pause(Math.min(retryMs * (failures + 1), maxRetryMs), signal);
    }
  }
}

/** One port in the pod, as its run tells of it. */
class ReversePort {
  readonly #mapping: ReverseMapping;
  readonly #options: PortsOptions;
  readonly #service: { type: 'service'; service: 'ports'; name: string };
  readonly #reported = new Set<string>();
  #told: string | undefined;

  constructor(mapping: ReverseMapping, options: PortsOptions) {
    this.#mapping = mapping;
    this.#options = options;
    this.#service = { type: 'service', service: 'ports', name: reverseText(mapping) };
  }

  /** Undefined when it cannot be listened on there; that is told. Rejects with why the tunnel is over. */
  async listen(tunnel: Tunnel, pod: string): Promise<number | undefined> {
    const { bindAddress, port, protocol, remotePort } = this.#mapping;
    const { emit, log } = this.#options;
    const listener = await tunnel.listen({
      transport: protocol,
      address: bindAddress,
      port: remotePort,
      accept: (stream) =>
        void connectLocally(stream, port).then((refusal) => {
          if (refusal === undefined) this.#reported.clear();
          else this.#warn(nobodyHere(this.#mapping, refusal), pod);
        }),
      stopped: (why) => this.#refused(why, pod),
    });
    if (typeof listener !== 'number') {
      this.#refused(listener, pod);
      return undefined;
    }
    log.write('info', `listens in pod ${pod}`, { ports: this.#service.name });
    if (this.#told !== pod) {
      const mappings = [this.#service.name.replace(/^reverse /, '')];
      emit({ type: 'forward', state: 'started', pod, mappings, reverse: true });
    }
    this.#told = pod;
    emit({ ...this.#service, state: 'working', pod });
    return listener;
  }

  /** The pod is gone, and there is no other yet. */
  waits(): void {
    this.#options.log.write('info', 'no pod runs', { ports: this.#service.name });
    this.#options.emit({ ...this.#service, state: 'waiting', reason: 'no pod runs' });
  }

  /** The way into the pod is gone, for now or for as long as there is this pod. */
  lost(failure: Failure, pod: string, passes: boolean): void {
    const { emit, log } = this.#options;
    const { code, message } = failure;
    log.write('error', [message, ...failure.details].join('; '), { ports: this.#service.name, pod, code });
    emit({ ...this.#service, state: passes ? 'waiting' : 'failed', code, reason: message, pod });
    if (!passes) this.#tell(failure, pod);
  }

  ended(): void {
    const { emit, log } = this.#options;
    log.write('info', 'stopped', { ports: this.#service.name });
    emit({ ...this.#service, state: 'ended' });
  }

  #refused(why: ListenRefusal, pod: string): void {
    const failure = refusal(this.#mapping, why, pod);
    this.#warn(failure, pod);
    const { code, message } = failure;
    this.#options.emit({ ...this.#service, state: 'failed', code, reason: message, pod });
  }

  #warn(failure: Failure, pod: string): void {
    const { code, details, message } = failure;
    this.#options.log.write('error', [message, ...details].join('; '), {
      ports: this.#service.name,
      pod,
      code,
    });
    this.#tell(failure, pod);
  }

  /** On the screen the same failure is told once, until something has worked again. */
  #tell({ code, details, hint, message }: Failure, pod: string): void {
    if (this.#options.signal.aborted || this.#reported.has(message)) return;
    this.#reported.add(message);
    const warning: Event = { type: 'warning', code, text: message, subject: pod, details };
    this.#options.emit(hint === undefined ? warning : { ...warning, hint });
  }
}

function refusal({ bindAddress, remotePort }: ReverseMapping, why: ListenRefusal, pod: string): Failure {
  const at = addressText(bindAddress, remotePort);
  const texts: Record<number, readonly [code: string, text: string, hint: string]> = {
    [refusedCodes.taken]: [
      'REVERSE_PORT_IN_USE',
      `Port ${at} is already in use in pod ${pod}, so nothing is forwarded from it`,
      'Choose another `remotePort` in dev.ports.reverseForward, or stop what listens there',
    ],
    [refusedCodes.notAllowed]: [
      'REVERSE_PORT_NOT_ALLOWED',
      `The user of the container may not listen on port ${at} in pod ${pod}`,
      'Choose a `remotePort` of 1024 or higher in dev.ports.reverseForward',
    ],
    [refusedCodes.noAddress]: [
      'REVERSE_ADDRESS_UNKNOWN',
      `Pod ${pod} has no address ${bindAddress} to listen on for port ${remotePort}`,
      'Correct `bindAddress` in dev.ports.reverseForward: an IP address such as 127.0.0.1 or 0.0.0.0',
    ],
  };
  const [code, message, hint] = texts[why.code] ?? [
    'REVERSE_PORT_FAILED',
    `Pod ${pod} cannot be listened in on port ${at}: ${why.reason}`,
    `devspace enter --pod ${pod}`,
  ];
  return new Failure({ code, message, subject: at, hint });
}

function nobodyHere(mapping: ReverseMapping, reason: string): Failure {
  const { bindAddress, port, remotePort } = mapping;
  return new Failure({
    code: 'LOCAL_PORT_REFUSED',
    message: `Nothing listens on the local port ${port}, where connections to ${addressText(bindAddress, remotePort)} in the pod go`,
    subject: String(port),
    hint: `Start the program that is to listen on ${port}, or correct \`port\` in dev.ports.reverseForward`,
    details: [reason],
  });
}
