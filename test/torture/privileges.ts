import { execFileSync } from 'node:child_process';
import type { Closing } from '../../src/base/closing.js';

const diskMiB = 256;

/** A disk that can be filled; false where this may not be. */
export function mountSmallDisk(directory: string, closing: Closing): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMiB}m`, 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    return false;
  }
  closing.defer(() => execFileSync('umount', ['--lazy', directory], { stdio: 'ignore' }));
  return true;
}

/** Root may read everything: so that permissions mean something, the sync runs without that right. */
export function withoutRootsRights(): string[] {
  if (process.getuid?.() !== 0) return [];
  try {
    const command = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
    execFileSync(command[0] as string, [...command.slice(1), 'true'], { stdio: 'ignore' });
    return command;
  } catch {
    return [];
  }
}
