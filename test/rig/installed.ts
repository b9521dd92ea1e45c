import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package as `npm pack` makes it, installed as users install it. Removed when disposed. */
export interface InstalledPackage extends AsyncDisposable {
  /** What is in the tarball. */
  readonly files: readonly string[];
  /** Where npm put the package. */
  readonly dir: string;
  /** Runs `devspace` with nothing but node on the PATH: no npm, Go, git, docker or kubectl. */
  run(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }>;
  /** The command's own file and environment. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Installs what is built now: `npm pack` alone would build it anew. */
export async function installPackage(): Promise<InstalledPackage> {
  const prefix = await realpath(await mkdtemp(join(tmpdir(), 'devspace-package-')));
  const remove = () => rm(prefix, { recursive: true, force: true });
  try {
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', prefix];
    const { stdout } = await exec('npm', pack, { cwd: root });
    const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    const quiet = ['--offline', '--no-audit', '--no-fund', '--cache', join(prefix, 'cache')];
    const tarball = join(prefix, packed.filename);
    await exec('npm', ['install', '--global', '--prefix', prefix, ...quiet, tarball], { cwd: prefix });
    const onlyNode = join(prefix, 'only-node');
    await mkdir(onlyNode);
    await symlink(process.execPath, join(onlyNode, 'node'));
    const { KUBECONFIG } = process.env;
    const env = { PATH: onlyNode, HOME: prefix, NO_COLOR: '1', ...(KUBECONFIG ? { KUBECONFIG } : {}) };
    const command = join(prefix, 'bin/devspace');
    return {
      files: packed.files.map(({ path }) => path),
      dir: join(prefix, 'lib/node_modules/devspace'),
      command,
      env,
      run: (args, cwd) => exec(command, [...args], { env, cwd }),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
