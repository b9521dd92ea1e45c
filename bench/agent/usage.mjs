// What processes have used, from Linux's /proc.
import { readFileSync, readdirSync } from 'node:fs';

/**
 * Of the processes whose command line matches `pattern` (among those below process `below`, when given; that one included), in all: CPU time in
 * nanoseconds, how often they gave up the processor to wait, resident memory now and at its highest in KiB. Without
 * `pattern`: all of these; `except` (a pattern) and `without` (ids) leave some out.
 */
export function usage({ below, except, pattern, without = [] }) {
  const all = new Map(
    readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? [[Number(pid), about(pid)]] : [])),
  );
  const total = { cpuNs: 0, waits: 0, rssKiB: 0, peakKiB: 0, pids: [] };
  for (const [pid, process] of all) {
    if (process === undefined || (below !== undefined && !isBelow(all, pid, below))) continue;
    if (pattern !== undefined && !new RegExp(pattern).test(process.command)) continue;
    if (without.includes(pid)) continue;
    if (except !== undefined && new RegExp(except).test(process.command)) continue;
    try {
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        total.cpuNs += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
        total.waits += field(
          readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8'),
          'voluntary_ctxt_switches',
        );
      }
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      total.rssKiB += field(status, 'VmRSS');
      total.peakKiB += field(status, 'VmHWM');
      total.pids.push(pid);
    } catch {
      // It ended meanwhile.
    }
  }
  return total;
}

function about(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    return undefined;
  }
}

function isBelow(all, pid, ancestor) {
  for (let at = pid; at > 0; at = all.get(at)?.parent ?? 0) if (at === ancestor) return true;
  return false;
}

const field = (status, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
