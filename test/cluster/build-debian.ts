import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchDebianSource } from './debian-source.js';
import { goBuild } from './go-build.js';
import type { GoToolchain } from './go.js';
import type { Layout } from './paths.js';
import { type OnProgress, step } from './progress.js';
import { run } from './run.js';
import { versionFlags } from './server-module.js';
import type { ServerVersion } from './versions.js';

/** Go releases after this one refuse the tree. */
export const OLD_GO = '/usr/lib/go-1.19/bin/go';

/** Builds programs from Debian's source package, as GOPATH did it: Go 1.19 rejects the go.mod of this tree. */
export async function buildFromDebianSource(
  version: ServerVersion,
  programs: readonly string[],
  out: string,
  layout: Layout,
  onProgress: OnProgress,
): Promise<void> {
  const gopath = path.join(layout.src, `gopath-${version.kubernetes}`);
  const cwd = await step(onProgress, `source of Kubernetes ${version.kubernetes}`, () =>
    fetchDebianSource(gopath, layout),
  );
  const toolchain: GoToolchain = {
    go: OLD_GO,
    env: { GOPATH: gopath, GO111MODULE: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local' },
  };
  await step(onProgress, 'generate openapi definitions', () => generateOpenapi(toolchain, cwd, layout));
  const ldflags = versionFlags(version.kubernetes, 'k8s.io/kubernetes/vendor/');
  for (const name of programs) {
    await step(onProgress, `build ${name} ${version.kubernetes}`, () =>
      goBuild(toolchain, { cwd, target: `./cmd/${name}`, output: path.join(out, name), ldflags }),
    );
  }
}

/** The one generated file the source package lacks. */
async function generateOpenapi(toolchain: GoToolchain, cwd: string, layout: Layout): Promise<void> {
  const file = 'pkg/generated/openapi/zz_generated.openapi.go';
  if (existsSync(path.join(cwd, file))) return;
  const generator = path.join(layout.src, 'openapi-gen');
  await goBuild(toolchain, {
    cwd,
    target: './vendor/k8s.io/kube-openapi/cmd/openapi-gen',
    output: generator,
  });
  const packages = await annotatedPackages(cwd);
  const options = {
    '-i': packages.map((name) => `k8s.io/kubernetes/${name}`).join(','),
    '-p': 'k8s.io/kubernetes/pkg/generated/openapi',
    '-O': 'zz_generated.openapi',
    '-h': 'hack/boilerplate/boilerplate.generatego.txt',
    '-r': path.join(layout.src, 'openapi-violations'),
  };
  await run(generator, Object.entries(options).flat(), {
    cwd,
    env: { ...toolchain.env, PATH: `${path.dirname(toolchain.go)}:${process.env['PATH'] ?? ''}` },
  });
}

/** The packages whose types the API describes, by their annotation; staging ones under the name they are vendored as. */
async function annotatedPackages(cwd: string): Promise<string[]> {
  const found = new Set<string>();
  for (const root of ['pkg', 'staging/src/k8s.io', 'cmd', 'plugin', 'vendor/k8s.io']) {
    const entries = await readdir(path.join(cwd, root), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const folder = path.relative(cwd, entry.parentPath);
      if (!entry.isFile() || !entry.name.endsWith('.go') || entry.name.startsWith('zz_generated')) continue;
      if (/sample-apiserver|code-generator|\/_/.test(folder)) continue;
      const source = await readFile(path.join(entry.parentPath, entry.name), 'utf8');
      if (source.includes('+k8s:openapi-gen=')) found.add(folder.replace(/^staging\/src\//, 'vendor/'));
    }
  }
  return [...found].sort();
}
