import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.js';
import { debootstrapLayer } from './debian-rootfs.js';
import { ensureGo } from './go.js';
import { goBuild } from './go-build.js';
import { writeImageArchive } from './image-archive.js';
import { nodeLayer } from './node-layer.js';
import type { Layout } from './paths.js';
import { type OnProgress, step } from './progress.js';

export const PAUSE_IMAGE = 'localhost/devspace-pause:1';

const PATH_ENV = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** One archive of the image cache: what is in it, and how it is made where it is missing. */
export interface ImageArchive {
  file: string;
  tags: readonly string[];
  make: (layout: Layout, work: string) => Promise<void>;
}

const pause: ImageArchive = {
  file: 'pause.tar',
  tags: [PAUSE_IMAGE],
  async make(layout, work) {
    const toolchain = await ensureGo();
    const root = path.join(work, 'root');
    const cwd = path.join(import.meta.dirname, 'pause');
    await goBuild(toolchain, { cwd, target: '.', output: path.join(root, 'pause') });
    const layers = [await tarLayer(root, path.join(work, 'pause-layer.tar'))];
    const image = { tag: PAUSE_IMAGE, layers, config: { Entrypoint: ['/pause'] } };
    await writeImageArchive([image], path.join(layout.images, this.file));
  },
};

const busybox: ImageArchive = {
  file: 'busybox-1.tar',
  tags: ['busybox:1'],
  async make(layout, work) {
    const root = path.join(work, 'root');
    for (const folder of ['bin', 'tmp', 'root', 'etc', 'proc', 'sys', 'dev', 'var']) {
      await mkdir(path.join(root, folder), { recursive: true });
    }
    await chmod(path.join(root, 'tmp'), 0o1777);
    await copyFile('/bin/busybox', path.join(root, 'bin/busybox'));
    const { stdout } = await run('/bin/busybox', ['--list']);
    for (const applet of stdout.split('\n')) {
      if (applet && applet !== 'busybox') await symlink('busybox', path.join(root, 'bin', applet));
    }
    const layers = [await tarLayer(root, path.join(work, 'busybox-layer.tar'))];
    const image = { tag: 'busybox:1', layers, config: { Cmd: ['sh'], Env: [PATH_ENV] } };
    await writeImageArchive([image], path.join(layout.images, this.file));
  },
};

const debianAndNode: ImageArchive = {
  file: `bookworm-node-${process.versions.node}.tar`,
  tags: ['debian:bookworm', 'node:20'],
  async make(layout, work) {
    const debian = await debootstrapLayer(work);
    const node = await nodeLayer(work);
    await writeImageArchive(
      [
        { tag: 'debian:bookworm', layers: [debian], config: { Cmd: ['bash'], Env: [PATH_ENV] } },
        {
          tag: 'node:20',
          layers: [debian, node],
          config: { Cmd: ['node'], Env: [PATH_ENV, `NODE_VERSION=${process.versions.node}`] },
        },
      ],
      path.join(layout.images, this.file),
    );
  },
};

/** What containerd needs to run pods at all, and what images of tests are built from. */
export const podImages: readonly ImageArchive[] = [pause];
export const dockerImages: readonly ImageArchive[] = [busybox, debianAndNode];

/** Makes the archives that are not in the cache. No registry is asked. */
export async function makeMissingImages(layout: Layout, onProgress: OnProgress): Promise<void> {
  await mkdir(layout.images, { recursive: true });
  for (const archive of [pause, busybox, debianAndNode]) {
    if (existsSync(path.join(layout.images, archive.file))) continue;
    await step(onProgress, `image ${archive.tags.join(', ')}`, async () => {
      const work = await realpath(await mkdtemp(path.join(layout.images, 'work-')));
      try {
        await archive.make(layout, work);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
  }
}

async function tarLayer(root: string, output: string): Promise<string> {
  await run('tar', ['-C', root, '--owner=0', '--group=0', '--numeric-owner', '-cf', output, '.']);
  return output;
}
