import path from 'node:path';
import { dockerImages, podImages } from './base-images.js';
import { containerdSocket } from './config-files.js';
import { DOCKER_SOCKET, type Layout } from './paths.js';
import { run } from './run.js';

/** `ctr` on the rig's own containerd, in the namespace of the pods. */
export function ctr(layout: Layout, ...args: string[]): ReturnType<typeof run> {
  return run('ctr', ['--address', containerdSocket(layout), '--namespace', 'k8s.io', ...args]);
}

export function docker(...args: string[]): ReturnType<typeof run> {
  return run('docker', ['--host', `unix://${DOCKER_SOCKET}`, ...args]);
}

/** Gives containerd the images without which no pod starts, unless it has them. */
export async function loadPodImages(layout: Layout): Promise<void> {
  const { stdout } = await ctr(layout, 'images', 'ls', '-q');
  const present = new Set(String(stdout).split('\n'));
  for (const archive of podImages) {
    const names = archive.tags.map((tag) => (tag.includes('/') ? tag : `docker.io/library/${tag}`));
    if (names.every((name) => present.has(name))) continue;
    await ctr(layout, 'images', 'import', path.join(layout.images, archive.file));
  }
}

/** Gives dockerd the base images, unless it has them. */
export async function loadDockerImages(layout: Layout): Promise<void> {
  const { stdout } = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
  const present = new Set(String(stdout).split('\n'));
  for (const archive of dockerImages) {
    if (archive.tags.every((tag) => present.has(tag))) continue;
    await docker('load', '--input', path.join(layout.images, archive.file));
  }
}
