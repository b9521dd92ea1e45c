import { formatAge } from '../../base/format.js';
import { textTable } from '../../base/text-table.js';
import type { FoundSync } from '../../state/sync-records.js';
import type { CommandHandler } from '../command.js';
import { printResult, wantsJson } from '../result.js';
import { syncsHere, worthShowing } from './sync-places.js';

const header = ['Status', 'Pod', 'Local', 'Container', 'Latest Activity', 'Total Changes'];

/** `devspace status sync`: a line for each sync that runs or ran here. */
export const run: CommandHandler = async (invocation) => {
  const found = worthShowing(await syncsHere(invocation));
  if (found.length === 0 && !wantsJson(invocation)) noneHere(invocation.emit);
  const now = Date.now();
  const syncs = found.map((sync) => {
    const { local, pod = '', remote } = sync.record;
    const { since, total } = activityOf(sync);
    return {
      status: statusOf(sync),
      pod,
      local,
      container: remote,
      latestActivity: since,
      totalChanges: total,
    };
  });
  printResult(invocation, { syncs }, () => {
    if (syncs.length === 0) return [];
    const rows = syncs.map(({ container, latestActivity, local, pod, status, totalChanges }) => {
      const age = formatAge(now - Date.parse(latestActivity));
      return [status, pod, local, container, age, String(totalChanges)];
    });
    return textTable(header, rows, [undefined, 15, 20, 20]);
  });
  return 0;
};

export function noneHere(emit: Parameters<CommandHandler>[0]['emit']): void {
  emit({
    type: 'note',
    level: 'info',
    text: 'No sync was started from this folder or one above it. Start one: devspace dev, or devspace sync',
  });
}

function activityOf({ record }: FoundSync): { since: string; total: number } {
  const last = record.last?.time ?? '';
  return { since: last > record.since ? last : record.since, total: record.up + record.down };
}

/** In one word, and why where that matters. */
export function statusOf({ record, running }: FoundSync): string {
  const { host, pid, reason, state } = record;
  if (state === 'failed') return `Error: ${reason ?? 'unknown'}`;
  if (state === 'stopped') return 'Stopped';
  if (running === false) return `Error: process ${pid} ended without a word`;
  const where = running === undefined ? ` (on ${host})` : '';
  if (state === 'watching') return `Active${where}`;
  if (state === 'reconnecting') return `Reconnecting${where}: ${reason ?? ''}`;
  return `Starting${where}`;
}
