import { dirname } from 'node:path';

import { Failure } from '../../base/failure.js';
import { forgetAncestors } from '../../sync/ancestor/forget.js';
import { keyOf, type FoundSync } from '../../state/sync-records.js';
import type { CommandHandler, Invocation } from '../command.js';
import { printResult } from '../result.js';
import { localPathOf, syncsHere } from './sync-places.js';

/**
 * `devspace sync reset`: forgets what the syncs here had in common with their containers. The next start compares both sides anew and deletes
 * nothing. Refuses while one of them runs (SYNC_RUNNING).
 */
export const run: CommandHandler = async (invocation) => {
  const found = await syncsToReset(invocation);
  const running = found.filter((sync) => sync.running !== false);
  if (running.length > 0) throw stillRunning(running);
  const [first] = found;
  // Without --local-path also what has no record.
  const forgotten =
    (await localPathOf(invocation)) === undefined && first
      ? await forgetAncestors(dirname(first.file))
      : (await Promise.all(found.map(({ file }) => forgetAncestors(dirname(file), keyOf(file))))).flat();
  const syncs = found.map(({ record }) => ({
    local: record.local,
    container: record.remote,
    pod: record.pod,
  }));
  printResult(invocation, { forgotten: forgotten.length, syncs }, () =>
    syncs.map(({ container, local }) => `${local} <-> ${container}`),
  );
  const nothing = forgotten.length === 0;
  invocation.emit({
    type: 'note',
    level: nothing ? 'info' : 'done',
    text: nothing
      ? 'Nothing is remembered of syncs here.'
      : 'Forgotten. The next start compares both sides anew and deletes nothing.',
  });
  return 0;
};

/** Those of one project: what belongs to a folder above it is not meant. */
async function syncsToReset(invocation: Invocation): Promise<FoundSync[]> {
  const [nearest, ...others] = await syncsHere(invocation);
  if (nearest === undefined || (await localPathOf(invocation)) !== undefined)
    return nearest ? [nearest, ...others] : [];
  return [nearest, ...others.filter(({ file }) => dirname(file) === dirname(nearest.file))];
}

function stillRunning(running: readonly FoundSync[]): Failure {
  const [first] = running;
  const { command, host, local, pid, remote } = first?.record ?? {};
  return new Failure({
    code: 'SYNC_RUNNING',
    message: `${local} <-> ${remote} is being synced by devspace ${command}, process ${pid} on ${host}`,
    subject: local,
    hint: `stop it first: kill -INT ${pid}`,
    details: running
      .slice(1)
      .map(({ record }) => `${record.local} <-> ${record.remote}: process ${record.pid}`),
  });
}
