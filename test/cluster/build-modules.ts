import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.js';
import type { GoToolchain } from './go.js';
import { goBuild } from './go-build.js';
import { serverModule, versionFlags } from './server-module.js';

/** Builds one Kubernetes program from Go modules. Later ones reuse what the first compiled. */
export async function buildFromModules(
  toolchain: GoToolchain,
  version: string,
  program: string,
  output: string,
  src: string,
): Promise<void> {
  const cwd = path.join(src, `kubernetes-${version}`);
  await mkdir(cwd, { recursive: true });
  const download = await run(toolchain.go, ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`], {
    cwd: src,
    env: { ...toolchain.env, GOFLAGS: '-mod=mod' },
  });
  const published = await readFile((JSON.parse(download.stdout) as { GoMod: string }).GoMod, 'utf8');
  await writeFile(path.join(cwd, 'go.mod'), serverModule(published, version));
  const target = `k8s.io/kubernetes/cmd/${program}`;
  await goBuild(toolchain, { cwd, target, output, ldflags: versionFlags(version) });
}

export async function buildEtcd(
  toolchain: GoToolchain,
  version: string,
  output: string,
  src: string,
): Promise<void> {
  const cwd = path.join(src, `etcd-${version}`);
  const target = 'go.etcd.io/etcd/server/v3';
  await mkdir(cwd, { recursive: true });
  await writeFile(
    path.join(cwd, 'go.mod'),
    `module devspace-test-etcd\ngo 1.24\nrequire ${target} v${version}\n`,
  );
  await goBuild(toolchain, { cwd, target, output });
}
