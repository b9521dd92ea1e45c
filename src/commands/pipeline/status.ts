import { formatAge } from '../../base/format.js';
import { textTable } from '../../base/text-table.js';
import { findRun, type FoundRun, type RunRecord, type ServiceRecord } from '../../state/run-record.js';
import type { FoundSync } from '../../state/sync-records.js';
import type { CommandHandler, Invocation } from '../command.js';
import { printResult, wantsJson } from '../result.js';
import { foldersFrom, syncsHere } from '../sync/sync-places.js';

/** A dev run, or a `devspace sync` on its own, which is a run of one service. */
interface Shown extends Omit<RunRecord, 'context' | 'namespace' | 'state' | 'user' | 'version'> {
  readonly command: 'dev' | 'sync';
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
  /** `lost`: its process ended without a word. */
  readonly state: RunRecord['state'] | 'lost';
  /** Undefined: it was started on another machine. */
  readonly running: boolean | undefined;
}

/**
 * `devspace status`: what runs here, in this folder or one above, with the state of each service, from the records they keep. Asks no cluster and needs
 * no valid config.
 */
export const run: CommandHandler = async (invocation) => {
  const runs = await runsHere(invocation);
  if (runs.length === 0 && !wantsJson(invocation)) {
    const text = 'Nothing was started from this folder or one above it. Start: devspace dev';
    invocation.emit({ type: 'note', level: 'info', text });
  }
  printResult(invocation, { runs }, () => runs.map((one) => `${linesOf(one, Date.now()).join('\n')}\n`));
  return 0;
};

async function runsHere(invocation: Pick<Invocation, 'cwd' | 'flags'>): Promise<Shown[]> {
  const found = await Promise.all(foldersFrom(invocation.cwd).map((folder) => findRun(folder)));
  const runs = found.flatMap((one) => (one === undefined ? [] : [shownRun(one)]));
  const syncs = (await syncsHere(invocation)).filter(
    ({ record, running }) => record.command === 'sync' && running !== false,
  );
  return [...runs, ...syncs.map(shownSync)];
}

function shownRun({ record, running }: FoundRun): Shown {
  const { version: _, ...rest } = record;
  const isLost = running === false && record.state !== 'stopped';
  return { command: 'dev', ...rest, state: isLost ? 'lost' : record.state, running };
}

function shownSync({ record, running }: FoundSync): Shown {
  const { code, container, containerPath, context, host, local, namespace, nextAttempt, pid, pod } = record;
  const { reason, since, started, state } = record;
  const states = {
    starting: 'starting',
    merging: 'starting',
    watching: 'working',
    reconnecting: 'waiting',
    stopped: 'ended',
    failed: 'failed',
  } as const;
  const where = { namespace, pod, container };
  const name = `${local} <-> ${containerPath}`;
  const why = { code, reason, nextAttempt };
  const sync: ServiceRecord = { service: 'sync', name, state: states[state], ...why, ...where, since };
  const isStarting = sync.state === 'starting' ? 'starting' : 'recovering';
  return {
    command: 'sync',
    host,
    pid,
    started,
    folder: local,
    context,
    namespace,
    since,
    state: sync.state === 'working' ? 'running' : isStarting,
    stateSince: since,
    services: [sync],
    running,
  };
}

function linesOf(shown: Shown, now: number): string[] {
  const age = (time: string) => formatAge(now - Date.parse(time));
  const { command, context, folder, host, namespace, pid, running, services, since, state, stateSince } =
    shown;
  const where = running === undefined ? ` on ${host}` : '';
  const head = [
    `devspace ${command} in ${folder}`,
    `  Process:  ${pid}${where}, since ${age(since)}`,
    `  Cluster:  context ${context ?? 'unknown'}, namespace ${namespace ?? 'unknown'}`,
  ];
  if (state === 'lost') return [...head, `  State:    stopped: process ${pid} ended without a word`];
  head.push(`  State:    ${state} for ${age(stateSince)}`);
  if (state === 'stopped') return head;
  const rows = services
    .filter((one) => one.state !== 'ended')
    .map((one) => [one.service, one.name, one.pod ?? '', one.state, age(one.since), whyOf(one, now)]);
  const table = textTable(['Service', 'Name', 'Pod', 'State', 'For', 'Why'], rows, [undefined, 50, 30]);
  return [...head, ...table.map((line) => `  ${line}`)];
}

function whyOf({ code, nextAttempt, reason }: ServiceRecord, now: number): string {
  if (reason === undefined) return '';
  const next = nextAttempt === undefined ? 0 : Math.ceil((Date.parse(nextAttempt) - now) / 1000);
  return `${reason}${code === undefined ? '' : ` (${code})`}${next > 0 ? `; next attempt in ${next}s` : ''}`;
}
