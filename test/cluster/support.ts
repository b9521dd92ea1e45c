import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';

export type Support = { ok: true } | { ok: false; reason: string };

/** CAP_NET_ADMIN and CAP_SYS_ADMIN: bridges, mounts, namespaces. */
const NEEDED_CAPABILITIES = (1n << 12n) | (1n << 21n);

/** Whether this machine can run the test cluster, without trying. Cheap: no child process. */
export function canRunCluster(): Support {
  const missing = whatIsMissing();
  if (!missing) return { ok: true };
  return {
    ok: false,
    reason: `the test cluster needs ${missing}; DEVSPACE_TEST_CONTEXT=<context> uses a cluster of your own`,
  };
}

function whatIsMissing(): string | undefined {
  if (process.platform !== 'linux') return `Linux (this is ${process.platform})`;
  if (process.arch !== 'x64' && process.arch !== 'arm64') return `x64 or arm64 (this is ${process.arch})`;
  if (process.getuid?.() !== 0) return 'root';
  if (!onPath('apt-get')) return 'Debian or a relative of it (apt-get is not here)';
  if (!hasCapabilities()) return 'the capabilities NET_ADMIN and SYS_ADMIN (this container has not)';
  return undefined;
}

function hasCapabilities(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return effective !== undefined && (BigInt(`0x${effective}`) & NEEDED_CAPABILITIES) === NEEDED_CAPABILITIES;
}

/** The folders daemons and checks look in: the caller's, and those of an administrator. */
export const SEARCH_PATH = [
  process.env['PATH'],
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
]
  .filter(Boolean)
  .join(delimiter);

/** The full path of a program, or undefined. */
export function onPath(program: string, path = SEARCH_PATH): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = `${folder}/${program}`;
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // the next folder may have it
    }
  }
  return undefined;
}
