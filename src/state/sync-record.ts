import type { Event } from '../report/events.js';
import { isData } from './data.js';

/**
 * What is known of one sync, for those who ask from outside: one file per pair of folders, written by the process that runs it.
 * `reconnecting` has a `reason` and, where known, a time of the `nextAttempt`; `failed` has a `code` and a `reason`. Times are ISO texts.
 */
export interface SyncRecord {
  readonly version: 1;
  readonly command: 'dev' | 'sync';
  readonly pid: number;
  /** See process-identity.ts. */
  readonly started?: string | undefined;
  readonly host: string;
  readonly context?: string | undefined;
  /** Absolute. */
  readonly local: string;
  /** As it was configured; `remote` is what it turned out to be. */
  readonly containerPath: string;
  remote: string;
  namespace?: string | undefined;
  pod?: string | undefined;
  container?: string | undefined;
  readonly patterns: SyncPatterns;
  /** How it was configured, as far as later commands ask. */
  readonly settings?: SyncSettings | undefined;
  /** One of several pods that are only uploaded to. */
  readonly isReplica?: boolean | undefined;
  state: 'starting' | 'merging' | 'watching' | 'reconnecting' | 'stopped' | 'failed';
  since: string;
  code?: string | undefined;
  reason?: string | undefined;
  nextAttempt?: string | undefined;
  /** Changes made in the container and here, by this run. */
  up: number;
  down: number;
  last?: { time: string; direction: 'up' | 'down'; action: string; path: string } | undefined;
  /** Paths under way. */
  pending: number;
  /** The newest, of earlier runs too. `savedAs`: where the other version is, relative to `local`. */
  conflicts: { time: string; path: string; kept: 'local' | 'remote'; savedAs: string }[];
  /** Why paths are not synced, and how many more there are. */
  problems: { time: string; path: string; code: string; text: string }[];
  moreProblems: number;
}

/** What a sync leaves out, as it was configured. */
export interface SyncPatterns {
  readonly excludePaths?: readonly string[] | undefined;
  readonly uploadExcludePaths?: readonly string[] | undefined;
  readonly downloadExcludePaths?: readonly string[] | undefined;
  readonly excludeFile?: string | undefined;
  readonly uploadExcludeFile?: string | undefined;
  readonly downloadExcludeFile?: string | undefined;
  readonly gitIgnore?: boolean | undefined;
}

export interface SyncSettings {
  readonly direction?: 'both' | 'up' | 'down' | undefined;
  /** See InitialSync. */
  readonly initialSync?: string | undefined;
  readonly helperImage?: string | undefined;
  /** Which container it is about: tells apart entries with the same folders. */
  readonly selector?: string | undefined;
}

export type RecordInit = Pick<
  SyncRecord,
  | 'command'
  | 'context'
  | 'containerPath'
  | 'host'
  | 'isReplica'
  | 'local'
  | 'patterns'
  | 'pid'
  | 'settings'
  | 'started'
>;

/** The file stays small whatever a sync meets. */
export const recordBounds = { conflicts: 200, problems: 200 } as const;

/** The record of a run that begins; `before` is what the last one left. */
export function newRecord(init: RecordInit, before: SyncRecord | undefined, now: Date): SyncRecord {
  return {
    version: 1,
    ...init,
    remote: init.containerPath,
    state: 'starting',
    since: now.toISOString(),
    up: 0,
    down: 0,
    last: before?.last,
    pending: 0,
    conflicts: before?.conflicts ?? [],
    problems: [],
    moreProblems: 0,
  };
}

/** Enters an event into the record; `state` when the state became another, `counts` when only figures changed, `nothing` when it does not matter. */
export function enter(record: SyncRecord, event: Event, now: Date): 'nothing' | 'counts' | 'state' {
  const time = now.toISOString();
  switch (event.type) {
    case 'sync':
      enterState(record, event, time);
      return 'state';
    case 'sync-change': {
      const { action, direction, path } = event;
      record[direction] += 1;
      record.last = { time, direction, action, path };
      return 'counts';
    }
    case 'sync-conflict': {
      const { kept, path, savedAs } = event;
      record.conflicts.push({ time, path, kept, savedAs });
      record.conflicts = record.conflicts.slice(-recordBounds.conflicts);
      return 'counts';
    }
    case 'sync-problem': {
      const { code = '', path, text = '' } = event;
      const others = record.problems.filter((problem) => problem.path !== path);
      const known = others.length < record.problems.length;
      if (event.state === 'cleared') {
        if (!known) record.moreProblems = Math.max(0, record.moreProblems - 1);
      } else if (!known && others.length >= recordBounds.problems) {
        record.moreProblems += 1;
        return 'counts';
      } else {
        others.push({ time, path, code, text });
      }
      record.problems = others;
      return 'counts';
    }
    case 'sync-pending':
      record.pending = event.paths;
      return 'counts';
    default:
      return 'nothing';
  }
}

function enterState(record: SyncRecord, event: Event & { type: 'sync' }, time: string): void {
  const states = {
    connecting: 'starting',
    started: 'merging',
    'initial-done': 'watching',
    reconnecting: 'reconnecting',
    stopped: 'stopped',
    failed: 'failed',
  } as const;
  // What became of the sync is told after its session has told that it stopped; a stop after that tells nothing new.
  if (event.state === 'stopped' && (record.state === 'failed' || record.state === 'stopped')) return;
  record.state = states[event.state];
  record.since = time;
  record.code = event.code;
  record.reason = event.reason;
  record.nextAttempt = event.nextAttempt;
  // A new session finds anew what it cannot carry.
  if (event.state === 'connecting') [record.problems, record.moreProblems] = [[], 0];
  if (event.state !== 'initial-done') record.pending = 0;
  if (event.state === 'started') record.remote = event.remote;
  if (event.pod === undefined) return;
  ({ namespace: record.namespace, pod: record.pod, container: record.container } = event);
}

/** What a file holds, when it is a record of this form. */
export function parseRecord(text: string): SyncRecord | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isData(data) || data.version !== 1) return undefined;
  const has = (type: string, ...keys: string[]) => keys.every((key) => typeof data[key] === type);
  if (!has('string', 'local', 'remote', 'containerPath', 'state', 'since', 'host')) return undefined;
  if (!has('number', 'pid', 'up', 'down', 'pending')) return undefined;
  if (!Array.isArray(data.conflicts) || !Array.isArray(data.problems) || !isData(data.patterns))
    return undefined;
  return data as unknown as SyncRecord;
}
