import { readFile, readlink } from 'node:fs/promises';

/** A process as /proc shows it. Pid and start time together never name another process. */
export interface ProcessIdentity {
  pid: number;
  /** In clock ticks since boot. */
  startTime: string;
  exe: string;
}

/** The process with this id; undefined when there is none, or only its zombie. */
export async function lookUpProcess(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; what follows its last one is regular.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = fields[19];
    if (fields[0] === 'Z' || !startTime) return undefined;
    return { pid, startTime, exe: await readlink(`/proc/${pid}/exe`) };
  } catch {
    return undefined;
  }
}

/** True while exactly this process lives. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await lookUpProcess(identity.pid);
  // A rebuilt program leaves its running process with ` (deleted)` at the end of the link.
  return now?.startTime === identity.startTime && now.exe.replace(/ \(deleted\)$/, '') === identity.exe;
}
