import { readFileSync } from 'node:fs';

/**
 * Whether process `pid` of this machine runs and is the one that started at `started`; numbers are used again. `started` comes from
 * {@link startOf}; without it the number alone decides.
 */
export function isRunning(pid: number, started: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const now = startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** A text that tells when a process started, equal for the same process only. Undefined where the system does not say (not Linux). */
export function startOf(pid: number): string | undefined {
  try {
    // proc(5): field 22, ticks since boot; the fields after the name, which may contain anything, start with the third.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${ticks}`;
  } catch {
    return undefined;
  }
}
