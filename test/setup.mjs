// What a clone needs before anything can run: packages, Go, the built CLI and helper. Plain JavaScript, for it runs before `npm ci`.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Runs a command in the repository with its output passed through; ends the process with one line when it fails. */
export function step(title, command, args, options = {}) {
  const started = performance.now();
  process.stderr.write(`==> ${title}\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (error || status !== 0) {
    process.stderr.write(
      `${title} failed${error ? `: ${error.message}` : ` with exit code ${status}`} after ${seconds} s\n`,
    );
    process.exit(status || 1);
  }
  process.stderr.write(`    ${title}: ${seconds} s\n`);
}

/** Installs packages when they are missing or older than the lock file. */
export function install() {
  const installed = new URL('../node_modules/.package-lock.json', import.meta.url);
  const lock = new URL('../package-lock.json', import.meta.url);
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  step('install packages', npm, ['ci', '--no-audit', '--no-fund']);
}

/** Finds Go or installs it where the system's package manager can; returns the environment to build with. */
export async function goEnvironment() {
  const { register } = await import('tsx/esm/api');
  const unregister = register();
  try {
    const { ensureGo } = await import('./cluster/index.ts');
    const { env } = await ensureGo((what) => process.stderr.write(`==> install ${what}\n`));
    return { ...process.env, ...env };
  } catch (error) {
    if (error.code !== 'GO_MISSING') throw error;
    process.stderr.write(`${error.message}\n  hint: ${error.hint}\n`);
    return process.exit(1);
  } finally {
    await unregister();
  }
}

export function build(env) {
  step('build the CLI and the helper', npm, ['run', '--silent', 'build'], { env });
}
