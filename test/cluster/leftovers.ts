import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { containerdSocket } from './config-files.js';
import type { Layout } from './paths.js';
import { run } from './run.js';

const CNI_RESULTS = '/var/lib/cni/results';

/** Unmounts everything below the cluster's folders: volumes of pods, file systems of containers, namespaces. */
export async function unmountAll(layout: Layout): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const ours = mounts.filter((mount) =>
    [layout.data, layout.run].some((root) => mount.startsWith(`${root}/`)),
  );
  // The last mounted first: one may lie inside another.
  for (const mount of ours.toReversed())
    await run('umount', ['--lazy', unescapeMount(mount)], { reject: false });
}

/** /proc writes blanks and the like as octal numbers. */
function unescapeMount(mount: string): string {
  return mount.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 8)));
}

/** The network namespaces of pods, ours or another's: CNI's runtime names them all alike. */
export async function podNamespaces(): Promise<string[]> {
  const names = await readdir('/run/netns').catch(() => []);
  return names.filter((name) => name.startsWith('cni-'));
}

/** Deletes the network namespaces of our pods and what CNI has noted about them. */
export async function deletePodNamespaces(keep: readonly string[]): Promise<void> {
  const ours = (await podNamespaces()).filter((name) => !keep.includes(name));
  for (const name of ours) await run('ip', ['netns', 'del', name], { reject: false });
  for (const result of await readdir(CNI_RESULTS).catch(() => [])) {
    const file = path.join(CNI_RESULTS, result);
    const sandbox = /\/netns\/([\w-]+)/.exec(await readFile(file, 'utf8'))?.[1];
    if (sandbox && !keep.includes(sandbox)) await rm(file, { force: true });
  }
}

/** True when containers outlived their containerd: it must be there again to end them. */
export async function hasOrphans(layout: Layout): Promise<boolean> {
  return (await shims(layout)).length > 0;
}

/** Ends the keepers of containers that nothing else could end. */
export async function killShims(layout: Layout): Promise<void> {
  for (const pid of await shims(layout)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended in between
    }
  }
}

async function shims(layout: Layout): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const words = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const isShim = path.basename(words[0] ?? '') === 'containerd-shim-runc-v2';
    if (isShim && words.includes(containerdSocket(layout))) found.push(Number(name));
  }
  return found;
}

/** Removes the control groups of pods and containers: empty by now, and in no one's way but still there. */
export async function removeControlGroups(names: readonly string[]): Promise<void> {
  const root = '/sys/fs/cgroup';
  const controllers = await readdir(root).catch(() => []);
  for (const name of names) {
    for (const group of [
      path.join(root, name),
      ...controllers.map((entry) => path.join(root, entry, name)),
    ]) {
      await removeEmpty(group);
    }
  }
}

/** Removes a folder with all folders in it, as far as there is nothing else in them. */
async function removeEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmpty(path.join(folder, entry.name));
  await rmdir(folder).catch(() => {});
}

/** Forgets what the cluster stored: the next `up` makes a new one, without the containers of this. Images and certificates stay. */
export async function wipeClusterState(layout: Layout): Promise<void> {
  const folders = ['etcd', 'kubelet', 'cni', 'docker/containers'].map((name) => path.join(layout.data, name));
  // Three places the kubelet and the volume provisioner have no option for.
  const fixed = ['/var/log/pods', '/var/log/containers', '/tmp/hostpath_pv'];
  for (const folder of [...folders, ...fixed]) await rm(folder, { recursive: true, force: true });
}

/** Folders that daemons make at fixed places and leave behind; those of someone else's daemons are not empty. */
export async function removeEmptyFolders(): Promise<void> {
  await rm('/var/lib/kubelet/device-plugins', { recursive: true, force: true });
  for (const folder of ['/var/lib/kubelet', '/run/containerd', '/run/docker', '/var/lib/cni']) {
    await removeEmpty(folder);
  }
}
