import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { systemCode } from '../base/failure.js';
import { sleep } from '../base/abort.js';

/** How long a group may take to end by itself before it is killed. */
export const GRACE_MS = 5000;

/** What ends a process and everything it started. */
export type KillAction =
  | { readonly type: 'signal'; readonly pid: number; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | { readonly type: 'command'; readonly file: string; readonly args: readonly string[] };

/**
 * POSIX: a signal to the process group (negative pid), which has to be led by `pid`. Windows knows no groups; taskkill walks the tree of
 * children, politely first (which console programs ignore), then with /F.
 */
export function killAction(platform: NodeJS.Platform, pid: number, force: boolean): KillAction {
  if (platform !== 'win32') return { type: 'signal', pid: -pid, signal: force ? 'SIGKILL' : 'SIGTERM' };
  return { type: 'command', file: 'taskkill', args: ['/PID', `${pid}`, '/T', ...(force ? ['/F'] : [])] };
}

/**
 * Ends the group led by `pid`: asks first, kills what is still there after `graceMs`. Resolves when `exited` has and, on POSIX, nobody of the
 * group is left.
 */
export async function endGroup(
  pid: number,
  exited: Promise<unknown>,
  { graceMs = GRACE_MS, platform = process.platform }: { graceMs?: number; platform?: NodeJS.Platform } = {},
): Promise<void> {
  const timer = setTimeout(() => act(killAction(platform, pid, true)), graceMs);
  try {
    act(killAction(platform, pid, false));
    await exited;
    // The leader is gone, its children may still be cleaning up. Nobody tells when they are done, so look, but not for ever.
    const until = Date.now() + graceMs + 500;
    while (groupExists(pid) && Date.now() < until) await sleep(20);
  } finally {
    clearTimeout(timer);
  }
}

function act(action: KillAction): void {
  if (action.type === 'command') {
    spawn(action.file, action.args, { stdio: 'ignore', windowsHide: true }).on('error', () => {});
    return;
  }
  try {
    process.kill(action.pid, action.signal);
  } catch (error) {
    // ESRCH: already gone. EPERM: macOS says so of a group of zombies.
    if (systemCode(error) !== 'ESRCH' && systemCode(error) !== 'EPERM') throw error;
  }
}

/** Whether anybody is left in the group that `pid` led; false on Windows, where nobody knows. */
export function groupExists(pid: number, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32') return false;
  try {
    process.kill(-pid, 0);
  } catch {
    return false;
  }
  return platform !== 'linux' || hasLiveMember(pid);
}

/** Zombies count as members until somebody collects them, in some containers seconds later or never. Only /proc tells them apart. */
function hasLiveMember(group: number): boolean {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // pid (name, may contain anything) state parent group …
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, , members] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(members) === group && state !== 'Z' && state !== 'X') return true;
    } catch {
      // It ended while we looked.
    }
  }
  return false;
}
