import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { Failure, messageOf } from '../../base/failure.js';

/** The helper for one machine. */
export interface HelperBinary {
  /** Name the file gets in the container. */
  name: string;
  gzip: Buffer;
  /** Of the unpacked helper: what the container checks before it runs it. */
  size: number;
  sha256: string;
  raw(): Buffer;
}

interface Listed {
  file: string;
  size: number;
  gzipSize: number;
  sha256: string;
  gzipSha256: string;
}

/**
 * Reads the helper for a machine (as `uname -m` says) from the directory built beside the CLI, checked against its manifest.json. Throws SYNC_UNSUPPORTED_ARCH, or SYNC_INJECT_FAILED when the installation is damaged.
 */
export async function readHelper(helperDir: string, machine: string): Promise<HelperBinary> {
  const arch = architectureOf(machine);
  if (arch === undefined) {
    throw new Failure({
      code: 'SYNC_UNSUPPORTED_ARCH',
      message: `The container runs on ${machine}; sync supports amd64 and arm64.`,
      subject: machine,
      hint: 'Run the pod on an amd64 or arm64 node (nodeSelector: kubernetes.io/arch).',
    });
  }
  try {
    const manifest = JSON.parse(await readFile(join(helperDir, 'manifest.json'), 'utf8')) as Record<
      string,
      Listed | undefined
    >;
    const listed = manifest[arch];
    if (listed === undefined) throw new Error(`manifest.json lists no helper for ${arch}`);
    const gzip = await readFile(join(helperDir, listed.file));
    if (createHash('sha256').update(gzip).digest('hex') !== listed.gzipSha256)
      throw new Error(`${listed.file} does not have the hash that manifest.json says`);
    const { size, sha256 } = listed;
    // Unpacking takes longer than all the rest, and is seldom needed.
    return { name: `devspace-helper-${arch}`, gzip, size, sha256, raw: () => gunzipSync(gzip) };
  } catch (error) {
    throw new Failure({
      code: 'SYNC_INJECT_FAILED',
      message: `The sync helper for ${arch} cannot be read from ${helperDir}: ${messageOf(error)}.`,
      subject: helperDir,
      hint: 'Install devspace again: npm install -g devspace',
      cause: error,
    });
  }
}

function architectureOf(machine: string): 'amd64' | 'arm64' | undefined {
  if (machine === 'x86_64' || machine === 'amd64') return 'amd64';
  return machine === 'aarch64' || machine === 'arm64' ? 'arm64' : undefined;
}
