import { readFileSync } from 'node:fs';

/**
 * Whether process `pid` of this machine runs and is the one that started at `started`; numbers are used again. `started` comes from
 * {@link startOf}; without it the number alone decides. A zombie does not run: where nobody collects them, as in many containers, they stay for ever.
 */
export function isRunning(pid: number, started: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (/^[ZX]$/.test(statOf(pid)?.[0] ?? '')) return false;
  const now = startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** A text that tells when a process started, equal for the same process only. Undefined where the system does not say (not Linux). */
export function startOf(pid: number): string | undefined {
  try {
    const ticks = statOf(pid)?.[19];
    if (ticks === undefined) return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** The fields of proc(5) from the third on, its state; field 22 is when it started, in ticks since boot. Undefined where there is no such process. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before may contain anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
