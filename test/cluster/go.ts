import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.js';
import { Failure } from '../../src/base/failure.js';
import { installPackages } from './packages.js';
import { onPath } from './support.js';

/** A Go command, and what must be in the environment when it (or something that looks for `go` on PATH) is started. */
export interface GoToolchain {
  go: string;
  env: Record<string, string>;
}

/** What the newest of the servers (and the sync helper) asks for. */
const NEEDED = '1.25.0';
/** What is fetched through the Go module proxy where the machine's own Go is older. */
const FETCHED = 'go1.25.8';

/**
 * Finds a Go new enough to build a current Kubernetes, or gets one: from an older Go on this machine, or from the
 * distribution's, which then fetches the real one through the module proxy.
 */
export async function ensureGo(onInstall: (what: string) => void = () => {}): Promise<GoToolchain> {
  const present = await findGo();
  if (present && atLeast(present.version, NEEDED)) return toolchain(present.go, {});
  if (present && atLeast(present.version, '1.21.0')) {
    onInstall(`${FETCHED}, fetched by Go ${present.version}`);
    return toolchain(present.go, { GOTOOLCHAIN: FETCHED });
  }
  const bootstrap = present?.go ?? (await installGo(onInstall));
  if (!bootstrap) {
    throw new Failure({
      code: 'GO_MISSING',
      message: `Go ${NEEDED} or newer is needed and was not found`,
      hint: 'Install it from https://go.dev/dl and put its bin folder on PATH',
      exitCode: 3,
    });
  }
  onInstall(`${FETCHED}, through the Go module proxy`);
  return toolchain(await fetchToolchain(bootstrap), { GOTOOLCHAIN: 'local' });
}

function toolchain(go: string, env: Record<string, string>): GoToolchain {
  return { go, env: { ...env, PATH: `${path.dirname(go)}${path.delimiter}${process.env['PATH'] ?? ''}` } };
}

async function findGo(): Promise<{ go: string; version: string } | undefined> {
  const candidates = [onPath('go'), '/usr/local/go/bin/go', '/usr/lib/go/bin/go'];
  for (const name of await readdir('/usr/lib').catch(() => [])) {
    if (name.startsWith('go-1.')) candidates.push(`/usr/lib/${name}/bin/go`);
  }
  let best: { go: string; version: string } | undefined;
  for (const go of candidates) {
    if (!go || !existsSync(go)) continue;
    const version = await versionOf(go);
    if (version && (!best || !atLeast(best.version, version))) best = { go, version };
  }
  return best;
}

async function versionOf(go: string): Promise<string | undefined> {
  const { stdout } = await run(go, ['version'], { cwd: '/', env: { GOTOOLCHAIN: 'local' }, reject: false });
  return /go version go(\d+\.\d+(?:\.\d+)?)/.exec(stdout ?? '')?.[1];
}

async function installGo(onInstall: (what: string) => void): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return undefined;
  onInstall('golang-go, by apt');
  await run('apt-get', ['update', '-q'], { reject: false });
  await installPackages(['golang-go']);
  return onPath('go');
}

/**
 * The module proxy holds whole Go releases as modules. A Go before 1.21 does not know that, but can download the module;
 * it leaves the programs in it without their executable bits.
 */
async function fetchToolchain(go: string): Promise<string> {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const module = `golang.org/toolchain@v0.0.1-${FETCHED}.linux-${arch}`;
  // Away from any go.mod: this old Go may not even be able to read one.
  const options = { cwd: '/', env: { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' } };
  const { stdout } = await run(go, ['mod', 'download', '-json', module], options);
  const root = (JSON.parse(stdout) as { Dir: string }).Dir;
  for (const folder of ['bin', path.join('pkg', 'tool', `linux_${arch}`)]) {
    for (const file of await readdir(path.join(root, folder)))
      await chmod(path.join(root, folder, file), 0o755);
  }
  return path.join(root, 'bin', 'go');
}

/** Compares versions of two or three numbers. */
export function atLeast(version: string, wanted: string): boolean {
  const numbers = (v: string): number[] => v.split('.').map(Number);
  const [a, b] = [numbers(version), numbers(wanted)];
  for (let i = 0; i < 3; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
