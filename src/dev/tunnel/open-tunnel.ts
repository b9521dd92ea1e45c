import { Failure } from '../../base/failure.js';
import { openExec } from '../../kube/exec/exec.js';
import type { Kube } from '../../kube/kube.js';
import type { Pod } from '../../kube/api/objects.js';
import { isOneOf } from '../../kube/select/target-choice.js';
import type { Emit } from '../../report/events.js';
import { readHelper } from '../../sync/inject/helper-binary.js';
import { injectHelper } from '../../sync/inject/inject.js';
import { besideOf } from '../run/beside.js';
import { Tunnel } from './tunnel.js';

export interface OpenTunnelOptions {
  /** Directory with the helpers and their manifest.json. */
  helperDir: string;
  /** 12 hexadecimal digits: a helper that was started with the same ones before is ended. */
  token: string;
  /** The images of the selector: preferred among the pod's containers. All of them share the pod's network. */
  images: readonly string[] | undefined;
  emit: Emit;
  signal: AbortSignal;
  onUnused: () => void;
}

/**
 * Starts a helper in a container of the pod and opens a tunnel to it. Throws TUNNEL_FAILED when that cannot be done there, else failures of the
 * connection (STREAM_LOST when it broke meanwhile). The caller disposes the tunnel.
 */
export async function openTunnel(kube: Kube, pod: Pod, options: OpenTunnelOptions): Promise<Tunnel> {
  const { emit, helperDir, images, onUnused, signal, token } = options;
  const { name, namespace = kube.namespace, uid } = pod.metadata;
  const { container, containerId } = containerOf(pod, images);
  const target = { namespace, pod: name, container, uid, containerId, podObject: pod };
  try {
    const helper = await injectHelper(
      (command, abort) => openExec(kube, { namespace, pod: name, container, command }, abort),
      (machine) => readHelper(helperDir, machine),
      signal,
      { tunnel: token, beside: besideOf(kube, target, { emit, what: 'its ports are forwarded' }) },
    );
    return new Tunnel(helper, onUnused);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Failure ? failed(error, name, container) : error;
  }
}

/** A running container: one of the wanted images, or the first. */
export function containerOf(
  pod: Pod,
  images: readonly string[] | undefined,
): { container: string; containerId: string } {
  const running = new Map(
    (pod.status.containerStatuses ?? [])
      .filter(({ state }) => state?.running)
      .map((status) => [status.name, status.containerID ?? '']),
  );
  const there = pod.spec.containers.filter(({ name }) => running.has(name));
  const { name } = there.find((one) => images && isOneOf(one, images)) ?? there[0] ?? pod.spec.containers[0]!;
  return { container: name, containerId: running.get(name) ?? '' };
}

function failed(cause: Failure, pod: string, container: string): Failure {
  const { code, details, hint, message } = cause;
  if (code === 'SYNC_STREAM_LOST') return new Failure({ code: 'STREAM_LOST', message, details, cause });
  if (!code.startsWith('SYNC_')) return cause;
  return new Failure({
    code: 'TUNNEL_FAILED',
    message: `The helper that carries these ports cannot be started in pod ${pod}, container ${container}: ${message}`,
    subject: pod,
    hint,
    details,
    cause,
  });
}
