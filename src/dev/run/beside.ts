import { Failure } from '../../base/failure.js';
import { ensureEphemeral } from '../../kube/exec/ephemeral.js';
import { openExec, runExec } from '../../kube/exec/exec.js';
import type { Kube } from '../../kube/kube.js';
import type { Pod } from '../../kube/api/objects.js';
import type { Target } from '../../kube/select/select.js';
import type { Emit } from '../../report/events.js';
import { lingerScript, parseProbe, probeScript, type Probe } from '../../sync/inject/beside-scripts.js';
import type { SyncOptions } from '../../sync/session.js';

/**
 * Index of busybox 1.36.1 for all architectures: 1.1 MB to download, with a shell and the tools the start script needs. By digest, so that nobody
 * can put something else in its place.
 */
const defaultImage =
  'docker.io/library/busybox:1.36.1@sha256:73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662';

export interface BesideOptions {
  /** Any image with a shell (`helperImage` of dev.sync); default DEVSPACE_HELPER_IMAGE, else busybox. */
  image?: string | undefined;
  /** What is done from there, for the user; default `sync works`. */
  what?: string | undefined;
  emit: Emit;
}

/**
 * The way into a container without a shell: an ephemeral container that sees its processes, and through them its file system. It ends by itself soon
 * after the last helper in it. Throws SYNC_NO_SHELL with the reason when there is no such way, SYNC_UNSUPPORTED_OS for a container that is not Linux,
 * else failures of the connection.
 */
export function besideOf(
  kube: Kube,
  target: Target,
  { image = process.env.DEVSPACE_HELPER_IMAGE || defaultImage, what = 'sync works', emit }: BesideOptions,
): NonNullable<SyncOptions['beside']> {
  const { namespace, pod, container, podObject } = target;
  return async (noShell, signal) => {
    if (isWindows(podObject)) throw unsupported(target);
    const enter = async (user?: Probe['target']) => {
      const wish = { target: container, image, command: ['sh', '-c', lingerScript], prefix: 'devspace-sync' };
      const name = await ensureEphemeral(kube, { ...wish, user, namespace, pod, signal });
      const script = probeScript(podObject.spec.shareProcessNamespace ? target.containerId : undefined);
      const command = ['sh', '-c', script];
      const { stdout, stderr } = await runExec(kube, { namespace, pod, container: name, command }, signal);
      const probe = parseProbe(stdout);
      if (probe === undefined) throw failed(noShell, `its processes cannot be seen: ${stderr.trim()}`);
      return { name, probe };
    };
    try {
      let { name, probe } = await enter();
      const { target: wanted, own } = probe;
      // Files get the right owner, and the way is open at all, only for the same user and group.
      if (wanted.uid !== own.uid || wanted.gid !== own.gid) ({ name, probe } = await enter(wanted));
      if (!probe.open)
        throw failed(
          noShell,
          `the file system of its process ${probe.pid} (user ${probe.target.uid}) is closed to an ephemeral container of user ${probe.own.uid}`,
        );
      const text = `Container ${container} has no shell: ${what} from the ephemeral container ${name}, which ends with it.`;
      emit({ type: 'note', level: 'info', text });
      return {
        target: probe.pid,
        open: (command, abort) => openExec(kube, { namespace, pod, container: name, command }, abort),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure) || !error.code.startsWith('EPHEMERAL_')) throw error;
      throw failed(noShell, error.message, error);
    }
  };
}

function isWindows(pod: Pod): boolean {
  return (pod.spec.os?.name ?? pod.spec.nodeSelector?.['kubernetes.io/os']) === 'windows';
}

function unsupported({ container, pod }: Target): Failure {
  return new Failure({
    code: 'SYNC_UNSUPPORTED_OS',
    message: `Container ${container} of pod ${pod} runs on Windows; sync works with Linux containers.`,
    subject: container,
    hint: 'Run the pod on a Linux node (nodeSelector: kubernetes.io/os: linux).',
  });
}

function failed(noShell: Failure, text: string, cause?: Failure): Failure {
  const mayPull = cause?.code === 'EPHEMERAL_FAILED';
  return new Failure({
    code: 'SYNC_NO_SHELL',
    message: `${noShell.message} And not from beside it either: ${text}.`.replace(/\.+$/, '.'),
    hint: mayPull
      ? 'Name an image with a shell that the cluster can pull: DEVSPACE_HELPER_IMAGE=registry/busybox:1'
      : (cause?.hint ?? noShell.hint),
    details: cause?.details,
    cause: cause ?? noShell,
  });
}
