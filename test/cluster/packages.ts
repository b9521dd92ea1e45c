import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { run } from './run.js';
import { Failure } from '../../src/base/failure.js';
import { onPath } from './support.js';
import type { ServerVersion } from './versions.js';

/** Something the rig runs, and the packages (the first that exists is taken) that bring it. */
interface Need {
  present: () => boolean;
  packages: readonly string[];
}

const program = (name: string, ...packages: string[]): Need => ({
  present: () => onPath(name) !== undefined,
  packages: packages.length > 0 ? packages : [name],
});

const file = (path: string, ...packages: string[]): Need => ({ present: () => existsSync(path), packages });

/** Where the distribution puts the CNI plugins. */
export const CNI_PLUGINS = '/usr/lib/cni';

const always: readonly Need[] = [
  program('containerd'),
  program('runc'),
  program('dockerd', 'docker.io'),
  program('docker', 'docker-cli', 'docker.io'),
  program('docker-registry'),
  file(`${CNI_PLUGINS}/bridge`, 'containernetworking-plugins'),
  file('/bin/busybox', 'busybox-static'),
  program('iptables'),
  program('ip', 'iproute2'),
  program('debootstrap'),
  program('openssl'),
  program('tar'),
];

const forDebianSource: readonly Need[] = [
  program('etcd', 'etcd-server'),
  program('conntrack'),
  program('dpkg-source', 'dpkg-dev'),
  file('/usr/lib/go-1.19/bin/go', 'golang-1.19-go'),
];

/** Installs what this machine lacks; no daemon is started by it. Answers with the packages installed. */
export async function installMissing(
  version: ServerVersion,
  onInstall: (packages: readonly string[]) => void,
): Promise<void> {
  const needs = version.source === 'debian' ? [...always, ...forDebianSource] : always;
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0) return;
  await apt(['update', '-q']);
  const packages = [...new Set(await Promise.all(missing.map((need) => available(need.packages))))];
  onInstall(packages);
  await installPackages(packages);
}

/** `apt-get install` while a policy-rc.d keeps the packages from starting their daemons. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await apt(['install', '-qy', '--no-upgrade', '--no-install-recommends', ...packages]);
  } finally {
    if (ours) await rm(policy, { force: true });
  }
}

async function available(names: readonly string[]): Promise<string> {
  for (const name of names) {
    const { stdout } = await run('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(stdout)) return name;
  }
  throw new Failure({
    code: 'CLUSTER_PACKAGE_UNKNOWN',
    message: `No package source of this machine has ${names.join(' or ')}`,
    hint: 'apt-get update',
    exitCode: 3,
  });
}

async function apt(args: readonly string[]): Promise<void> {
  const result = await run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    reject: false,
    all: true,
  });
  if (!result.failed) return;
  throw new Failure({
    code: 'CLUSTER_PACKAGES_FAILED',
    message: `apt-get ${args[0]} failed`,
    details: (result.all ?? '').split('\n').slice(-15),
    exitCode: 3,
  });
}
