import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.js';
import { Failure } from '../../src/base/failure.js';
import type { GoToolchain } from './go.js';

export interface GoBuild {
  /** The folder whose go.mod (or GOPATH place) applies. */
  cwd: string;
  /** The main package. */
  target: string;
  /** The program; it appears when it is complete. */
  output: string;
  ldflags?: string;
  env?: Record<string, string>;
}

/** A static Go build. Niced: whatever else the machine does goes first. */
export async function goBuild(toolchain: GoToolchain, build: GoBuild): Promise<void> {
  const unfinished = `${build.output}.unfinished`;
  await mkdir(path.dirname(build.output), { recursive: true });
  const args = ['build', '-trimpath', '-ldflags', build.ldflags ?? '-s -w', '-o', unfinished, build.target];
  const result = await run('nice', [toolchain.go, ...args], {
    cwd: build.cwd,
    env: {
      CGO_ENABLED: '0',
      GOWORK: 'off',
      GOFLAGS: '-mod=mod -buildvcs=false',
      ...toolchain.env,
      ...build.env,
    },
    reject: false,
    all: true,
  });
  if (result.failed) {
    throw new Failure({
      code: 'CLUSTER_BUILD_FAILED',
      message: `go build ${build.target} failed`,
      details: (result.all ?? result.message).split('\n').slice(-20),
    });
  }
  await rename(unfinished, build.output);
}
