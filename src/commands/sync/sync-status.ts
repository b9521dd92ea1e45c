import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';

import { formatAge } from '../../base/format.js';
import { textTable, visible } from '../../base/text-table.js';
import type { FoundSync } from '../../state/sync-records.js';
import type { CommandHandler } from '../command.js';
import { printResult, wantsJson } from '../result.js';
import { noneHere } from './status-sync.js';
import { syncsHere, worthShowing } from './sync-places.js';

const shownConflicts = 20;

/** `devspace sync status`: what each sync here does, what it could not decide and what it leaves out, from the record it keeps. */
export const run: CommandHandler = async (invocation) => {
  const found = worthShowing(await syncsHere(invocation));
  if (found.length === 0 && !wantsJson(invocation)) noneHere(invocation.emit);
  const syncs = found.map((sync) => ({ ...sync.record, running: sync.running, ...current(sync) }));
  printResult(invocation, { syncs }, () => found.map((sync) => `${linesOf(sync, Date.now()).join('\n')}\n`));
  return 0;
};

/** What still holds of conflicts and problems: the other version may have been brought back, the file may have gone. */
function current({ record }: FoundSync): Pick<FoundSync['record'], 'conflicts' | 'problems'> {
  const isThere = (path: string) =>
    lstatSync(join(record.local, path), { throwIfNoEntry: false }) !== undefined;
  return {
    conflicts: record.conflicts.filter(({ savedAs }) => attempt(() => isThere(savedAs))),
    problems: record.problems,
  };
}

function attempt(act: () => boolean): boolean {
  try {
    return act();
  } catch {
    return false;
  }
}

function linesOf(sync: FoundSync, now: number): string[] {
  const { record } = sync;
  const { conflicts, problems } = current(sync);
  const where = record.pod === undefined ? '' : `, pod ${record.pod}, container ${record.container ?? ''}`;
  const age = (time: string) => `${formatAge(now - Date.parse(time))} ago`;
  const lines = [
    `${record.local} <-> ${record.remote}${where}`,
    `  State:      ${stateOf(sync, now)}`,
    `  Changes:    ${record.up} up, ${record.down} down`,
  ];
  const { last } = record;
  if (last) {
    const arrow = last.direction === 'up' ? '->' : '<-';
    lines.push(`  Last:       ${arrow} ${last.action} ${visible(last.path)}, ${age(last.time)}`);
  }
  if (record.pending > 0 && sync.running !== false) lines.push(`  Waiting:    ${record.pending} paths`);
  if (!existsSync(record.local)) lines.push('  The local folder is not there any more.');
  if (conflicts.length > 0) {
    lines.push(`  Conflicts:  ${conflicts.length}; the other version of each is kept here`);
    const rows = conflicts
      .slice(-shownConflicts)
      .toReversed()
      .map(({ kept, path, savedAs, time }) => [
        path,
        age(time),
        kept === 'local' ? 'yours won' : "the container's won",
        savedAs,
      ]);
    lines.push(...textTable(['Path', 'When', 'Kept', 'Other version'], rows).map((line) => `    ${line}`));
    if (conflicts.length > shownConflicts) lines.push(`    and ${conflicts.length - shownConflicts} older`);
    lines.push('    To get the other version: devspace sync undo PATH');
  }
  const isDifferent = ({ code }: { code: string }) => code === 'SYNC_DIFFERS';
  const different = problems.filter(isDifferent);
  if (different.length > 0) {
    lines.push(
      `  Conflicts:  ${different.length} left as different as they are: each side keeps its own until one changes`,
      ...different.slice(0, shownConflicts).map(({ path }) => `    ${visible(path)}`),
    );
    if (different.length > shownConflicts) lines.push(`    and ${different.length - shownConflicts} more`);
    lines.push('    To settle one, save it on the side that is to win; the other version goes to the trash');
  }
  const others = problems.filter((one) => !isDifferent(one));
  if (others.length + record.moreProblems > 0) {
    lines.push(`  Not synced: ${others.length + record.moreProblems}`);
    lines.push(...others.map(({ code, text }) => `    ${visible(text)} (${code})`));
    if (record.moreProblems > 0) lines.push(`    and ${record.moreProblems} more`);
  }
  return lines;
}

function stateOf({ record, running }: FoundSync, now: number): string {
  const { code, host, nextAttempt, pid, reason, state } = record;
  const since = `for ${formatAge(now - Date.parse(record.since))}`;
  const who = `devspace ${record.command}, process ${pid}${running === undefined ? ` on ${host}` : ''}`;
  if (state === 'stopped') return `stopped ${since}`;
  if (state === 'failed') return `failed ${since}: ${reason ?? 'unknown'} (${code ?? ''})`;
  if (running === false) return `stopped: process ${pid} ended without a word`;
  if (state !== 'reconnecting') return `${state} ${since} (${who})`;
  const next = nextAttempt === undefined ? 0 : Date.parse(nextAttempt) - now;
  const when = next > 0 ? `, next attempt in ${Math.ceil(next / 1000)}s` : '';
  return `reconnecting ${since}${when}: ${reason ?? ''} (${who})`;
}
