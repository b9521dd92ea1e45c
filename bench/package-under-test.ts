import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What `npm pack` makes of the built checkout, unpacked. Measuring that keeps builds that go on meanwhile out of the figures. */
export interface PackageUnderTest extends AsyncDisposable {
  readonly dir: string;
  readonly tarballBytes: number;
  readonly unpackedBytes: number;
}

export async function packUnderTest(): Promise<PackageUnderTest> {
  const dir = await mkdtemp(join(tmpdir(), 'devspace-bench-package-'));
  const { stdout } = await execa(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--loglevel=error', `--pack-destination=${dir}`],
    { cwd: root },
  );
  const [packed] = JSON.parse(stdout) as { filename: string; size: number; unpackedSize: number }[];
  if (!packed) throw new Error('npm pack packed nothing');
  await execa('tar', ['-xzf', join(dir, packed.filename), '-C', dir]);
  return {
    dir: join(dir, 'package'),
    tarballBytes: packed.size,
    unpackedBytes: packed.unpackedSize,
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
