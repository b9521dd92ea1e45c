import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = (...[command = '', ...args]: string[]) =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();

/** Why nothing can be mounted here; undefined: it can. */
export function mountMissing(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'devspace-mount-'));
  try {
    run('mount', '-t', 'tmpfs', 'tmpfs', place);
    run('umount', place);
    return undefined;
  } catch {
    return 'file systems cannot be mounted by this user';
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** A small file system of its own at a directory, until it is disposed. */
export function mountTmpfs(at: string, size: string): Disposable {
  mkdirSync(at, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', at);
  return { [Symbol.dispose]: () => void run('umount', '-l', at) };
}

/** The same directory, not to be written to any more. */
export const remount = (at: string, how: 'ro' | 'rw'): void => void run('mount', '-o', `remount,${how}`, at);

/** Why there is no exFAT here, which takes `A` and `a` for one name; undefined: there is. */
export function exfatMissing(): string | undefined {
  try {
    run('sh', '-c', 'command -v mkfs.exfat && command -v mount.exfat-fuse && command -v losetup');
  } catch {
    return 'mkfs.exfat, mount.exfat-fuse or losetup is not installed';
  }
  const place = mkdtempSync(join(tmpdir(), 'devspace-exfat-'));
  try {
    mountExfat(join(place, 'at'), join(place, 'image'))[Symbol.dispose]();
    return undefined;
  } catch {
    return 'an exFAT image cannot be mounted here';
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

export function mountExfat(at: string, image: string): Disposable {
  mkdirSync(at, { recursive: true });
  run('truncate', '-s', '16M', image);
  run('mkfs.exfat', image);
  const device = run('losetup', '-f', '--show', image);
  try {
    run('mount.exfat-fuse', device, at);
  } catch (error) {
    run('losetup', '-d', device);
    throw error;
  }
  return {
    [Symbol.dispose]: () => {
      run('umount', '-l', at);
      run('losetup', '-d', device);
    },
  };
}
