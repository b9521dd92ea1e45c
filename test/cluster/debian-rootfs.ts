import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.js';
import { Failure } from '../../src/base/failure.js';

/** What a container has no use for; most of a minimal Debian's size. */
const LEFT_OUT = [
  './dev/*',
  './proc/*',
  './sys/*',
  './var/cache/apt/*.bin',
  './var/cache/apt/archives/*.deb',
  './var/lib/apt/lists/*',
  './usr/share/doc/*',
  './usr/share/locale/*',
  './usr/share/man/*',
];

/** A minimal Debian bookworm as one layer. */
export async function debootstrapLayer(work: string): Promise<string> {
  const root = path.join(work, 'debian');
  const layer = path.join(work, 'debian-layer.tar');
  await run('debootstrap', ['--variant=minbase', 'bookworm', root, await debianMirror()]);
  const excludes = LEFT_OUT.map((pattern) => `--exclude=${pattern}`);
  await run('tar', ['-C', root, '--numeric-owner', ...excludes, '-cf', layer, '.']);
  return layer;
}

/** The Debian mirror this machine already uses. */
export async function debianMirror(): Promise<string> {
  const deb822 = '/etc/apt/sources.list.d/debian.sources';
  if (existsSync(deb822)) {
    const uri = /^URIs:\s*(\S+)/m.exec(await readFile(deb822, 'utf8'))?.[1];
    if (uri) return uri;
  }
  const list = await readFile('/etc/apt/sources.list', 'utf8').catch(() => '');
  const uri = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/m.exec(list)?.[1];
  if (uri) return uri;
  throw new Failure({
    code: 'CLUSTER_NO_MIRROR',
    message: 'No Debian mirror found in the apt sources of this machine',
    subject: deb822,
    exitCode: 3,
  });
}
