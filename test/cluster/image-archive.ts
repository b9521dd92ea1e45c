import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from './run.js';

export interface Image {
  tag: string;
  /** Tar files, the lowest first. */
  layers: readonly string[];
  config: Record<string, unknown>;
}

/** Writes images as a `docker save` archive, without docker: what dockerd and containerd both load. */
export async function writeImageArchive(images: readonly Image[], output: string): Promise<void> {
  const folder = await mkdtemp(path.join(path.dirname(output), 'archive-'));
  try {
    const manifest = [];
    for (const image of images) manifest.push(await addImage(image, folder));
    await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    const unfinished = `${output}.unfinished`;
    await run('tar', ['-C', folder, '-cf', unfinished, '.']);
    await rename(unfinished, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function addImage(image: Image, folder: string): Promise<object> {
  const layers: string[] = [];
  for (const layer of image.layers) {
    const digest = await sha256(layer);
    layers.push(`${digest}.tar`);
    // Two images may share a layer; and the archive's folder may be on another disk than the layer.
    const place = path.join(folder, `${digest}.tar`);
    await link(layer, place).catch(() => copyFile(layer, place));
  }
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: layers.map((name) => `sha256:${path.basename(name, '.tar')}`) },
  });
  const name = `${createHash('sha256').update(config).digest('hex')}.json`;
  await writeFile(path.join(folder, name), config);
  return { Config: name, RepoTags: [image.tag], Layers: layers };
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
