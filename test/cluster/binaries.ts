import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { buildFromDebianSource } from './build-debian.js';
import { buildEtcd, buildFromModules } from './build-modules.js';
import { ensureGo } from './go.js';
import type { Layout } from './paths.js';
import { type OnProgress, step } from './progress.js';
import { onPath } from './support.js';
import type { ServerVersion } from './versions.js';

const kubernetesPrograms = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
] as const;

/** The folder of one version's programs: also what a test puts on PATH to have that version's kubectl. */
export function binDir(version: ServerVersion, layout: Layout): string {
  return path.join(layout.bin, `kubernetes-${version.kubernetes}`);
}

export function etcdBinary(version: ServerVersion, layout: Layout): string {
  if (version.etcd) return path.join(layout.bin, `etcd-${version.etcd}`, 'etcd');
  return onPath('etcd') ?? '/usr/bin/etcd';
}

/** Builds the programs of this version that are not in the cache. */
export async function buildMissing(
  version: ServerVersion,
  layout: Layout,
  onProgress: OnProgress,
): Promise<void> {
  const out = binDir(version, layout);
  const programs = kubernetesPrograms.filter((name) => !existsSync(path.join(out, name)));
  const etcd = version.etcd && !existsSync(etcdBinary(version, layout)) ? version.etcd : undefined;
  if (programs.length === 0 && !etcd) return;

  if (version.source === 'debian') await buildFromDebianSource(version, programs, out, layout, onProgress);
  else await buildModules(version, programs, etcd, layout, onProgress);
  // Half a gigabyte that only an interrupted build could use again.
  await rm(layout.src, { recursive: true, force: true });
}

async function buildModules(
  version: ServerVersion,
  programs: readonly string[],
  etcd: string | undefined,
  layout: Layout,
  onProgress: OnProgress,
): Promise<void> {
  const out = binDir(version, layout);
  const toolchain = await ensureGo((what) => onProgress(`installing ${what}`));
  for (const name of programs) {
    await step(onProgress, `build ${name} ${version.kubernetes}`, () =>
      buildFromModules(toolchain, version.kubernetes, name, path.join(out, name), layout.src),
    );
  }
  if (etcd) {
    await step(onProgress, `build etcd ${etcd}`, () =>
      buildEtcd(toolchain, etcd, etcdBinary(version, layout), layout.src),
    );
  }
}
