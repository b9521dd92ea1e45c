import path from 'node:path';
import { Failure } from '../../src/base/failure.js';
import { dockerImages, podImages } from './base-images.js';
import { containerdSocket } from './config-files.js';
import { DOCKER_SOCKET, type Layout } from './paths.js';
import { run } from './run.js';

/** Whose containers are in containerd. */
export const POD_NAMESPACE = 'k8s.io';
export const DOCKER_NAMESPACE = 'moby';

/** `ctr` on the rig's own containerd; the lines it printed, or undefined: it failed. */
export async function ctr(
  layout: Layout,
  args: readonly string[],
  namespace = POD_NAMESPACE,
): Promise<string[] | undefined> {
  return lines('ctr', ['--address', containerdSocket(layout), '--namespace', namespace, ...args]);
}

/** The docker client on the local daemon; the lines it printed, or undefined: it failed. */
export async function docker(args: readonly string[]): Promise<string[] | undefined> {
  return lines('docker', ['--host', `unix://${DOCKER_SOCKET}`, ...args]);
}

/** Gives containerd the images without which no pod starts, unless it has them. */
export async function loadPodImages(layout: Layout): Promise<void> {
  const present = (await ctr(layout, ['images', 'ls', '-q'])) ?? [];
  for (const archive of podImages) {
    const names = archive.tags.map((tag) => (tag.includes('/') ? tag : `docker.io/library/${tag}`));
    if (names.every((name) => present.includes(name))) continue;
    mustHaveLoaded(
      archive.file,
      await ctr(layout, ['images', 'import', path.join(layout.images, archive.file)]),
    );
  }
}

/** Gives dockerd the base images, unless it has them. */
export async function loadDockerImages(layout: Layout): Promise<void> {
  const present = (await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'])) ?? [];
  for (const archive of dockerImages) {
    if (archive.tags.every((tag) => present.includes(tag))) continue;
    mustHaveLoaded(archive.file, await docker(['load', '--input', path.join(layout.images, archive.file)]));
  }
}

function mustHaveLoaded(file: string, result: string[] | undefined): void {
  if (result) return;
  throw new Failure({
    code: 'CLUSTER_IMAGE_REFUSED',
    message: `The base image ${file} could not be loaded`,
    hint: `Delete it from the cluster's images folder and try again: it is made anew`,
  });
}

async function lines(program: string, args: readonly string[]): Promise<string[] | undefined> {
  const result = await run(program, args, { reject: false });
  return result.failed ? undefined : result.stdout.split('\n').filter(Boolean);
}
