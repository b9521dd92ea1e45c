// Builds the helper for every architecture it is injected into: `npm run build:helper`.
// The output depends on nothing but the sources and the Go version, so an unchanged tree is not built again.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const source = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../dist/helper/', import.meta.url));
const architectures = ['amd64', 'arm64'];
const budget = { size: 3_500_000, gzipSize: 1_300_000 };
const flags = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid='];

const version = goVersion();
const inputs = hashInputs(version);
const inputsFile = join(target, '.inputs');
if (upToDate()) {
  console.log('helper: up to date');
} else {
  await build();
}

function goVersion() {
  try {
    return execFileSync('go', ['env', 'GOVERSION'], {
      encoding: 'utf8',
      cwd: source,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  } catch (error) {
    const why =
      error.code === 'ENOENT'
        ? 'Go is not installed'
        : `go does not run: ${String(error.stderr || error.message).trim()}`;
    console.error(`helper: ${why} (apt-get install golang-go, or https://go.dev/dl)`);
    process.exit(1);
  }
}

function hashInputs(version) {
  const hash = createHash('sha256').update(`${version}\n${flags.join(' ')}\n`);
  const files = readdirSync(source, { recursive: true })
    .filter(
      (file) =>
        (file.endsWith('.go') && !file.endsWith('_test.go')) || file === 'go.mod' || file === 'build.mjs',
    )
    .toSorted();
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(source, file)));
  return hash.digest('hex');
}

function upToDate() {
  if (!existsSync(inputsFile) || readFileSync(inputsFile, 'utf8') !== inputs) return false;
  return ['manifest.json', ...architectures.map(fileName)].every((file) => existsSync(join(target, file)));
}

async function build() {
  const scratch = mkdtempSync(join(tmpdir(), 'devspace-helper-'));
  try {
    mkdirSync(target, { recursive: true });
    rmSync(inputsFile, { force: true });
    const built = await Promise.all(architectures.map((arch) => buildOne(arch, join(scratch, arch))));
    const manifest = Object.fromEntries(built.map(({ arch, ...rest }) => [arch, rest]));
    writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    let over = false;
    for (const { arch, size, gzipSize } of built) {
      console.log(`helper linux/${arch}: ${size} bytes, ${gzipSize} gzipped`);
      over ||= size > budget.size || gzipSize > budget.gzipSize;
    }
    if (over) {
      console.error(`helper: over its budget of ${budget.size} bytes, ${budget.gzipSize} gzipped`);
      process.exitCode = 1;
      return;
    }
    writeFileSync(inputsFile, inputs);
  } catch (error) {
    console.error(`helper: ${String(error.stderr || error.message).trim()}`);
    process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function buildOne(arch, file) {
  const env = {
    ...process.env,
    CGO_ENABLED: '0',
    GOOS: 'linux',
    GOARCH: arch,
    GOFLAGS: '',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
  };
  delete env.GOAMD64;
  delete env.GOARM64;
  await promisify(execFile)('go', [...flags, '-o', file, './cmd/helper'], { cwd: source, env });
  const raw = readFileSync(file);
  const packed = gzipSync(raw, { level: 9 });
  writeFileSync(join(target, fileName(arch)), packed);
  return {
    arch,
    file: fileName(arch),
    size: statSync(file).size,
    gzipSize: packed.length,
    sha256: createHash('sha256').update(raw).digest('hex'),
    gzipSha256: createHash('sha256').update(packed).digest('hex'),
  };
}

function fileName(arch) {
  return `devspace-helper-linux-${arch}.gz`;
}
