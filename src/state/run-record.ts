import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { ServiceStatus } from '../report/events.js';
import { isData } from './data.js';
import { STATE_FOLDER } from './folder.js';
import { isRunning, startOf } from './process-identity.js';
import { RecordWriter } from './record-writer.js';

/** Who runs `devspace dev`, where and since when (ISO texts). */
export interface RunIdentity {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** See process-identity.ts. */
  readonly started?: string | undefined;
  /** Of devspace.yaml. */
  readonly folder: string;
  readonly context: string;
  readonly namespace: string;
  readonly since: string;
}

export interface ServiceRecord extends ServiceStatus {
  /** Of its state. */
  since: string;
}

/** What is known of a dev run, for those who ask from outside: `.devspace/dev.json`, written by the process that runs it. */
export interface RunRecord extends RunIdentity {
  readonly version: 1;
  state: 'starting' | 'running' | 'recovering' | 'stopping' | 'stopped';
  /** Of the state. */
  stateSince: string;
  services: readonly ServiceRecord[];
}

/** A run as its record tells of it, with whether its process still lives; undefined: it was started on another machine. */
export interface FoundRun {
  readonly record: RunRecord;
  readonly running: boolean | undefined;
}

export interface RunKeeper extends AsyncDisposable {
  enter(state: RunRecord['state'], services: Iterable<ServiceStatus>): void;
}

/** This process, as the one that works in `folder` from now on. */
export function thisRun(where: Pick<RunIdentity, 'context' | 'folder' | 'namespace'>): RunIdentity {
  return {
    user: userName(),
    host: hostname(),
    pid: process.pid,
    started: startOf(process.pid),
    ...where,
    since: new Date().toISOString(),
  };
}

/** Begins the record of the run in its folder. Never throws: a run that cannot be recorded still runs. */
export async function keepRunRecord(identity: RunIdentity): Promise<RunKeeper> {
  const { folder, since } = identity;
  const record: RunRecord = { version: 1, ...identity, state: 'starting', stateSince: since, services: [] };
  const writer = new RecordWriter(folder, fileOf(folder), () => record);
  await writer.now();
  return {
    enter(state, services) {
      const now = new Date().toISOString();
      if (state !== record.state) [record.state, record.stateSince] = [state, now];
      const before = new Map(record.services.map((one) => [keyOf(one), one]));
      const all: ServiceRecord[] = [];
      for (const status of services) {
        const known = before.get(keyOf(status));
        all.push({ ...status, since: known?.state === status.state ? known.since : now });
      }
      record.services = all;
      void writer.now();
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

/** The newest dev run of the project in `folder`, also one that is over. */
export async function findRun(folder: string): Promise<FoundRun | undefined> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => '');
  const record = parseRun(text);
  return record && { record, running: record.state === 'stopped' ? false : lives(record) };
}

/** Whether the process of a run lives; undefined when it is one of another machine. */
export function lives({
  host,
  pid,
  started,
}: Pick<RunIdentity, 'host' | 'pid' | 'started'>): boolean | undefined {
  return host === hostname() ? isRunning(pid, started) : undefined;
}

const fileOf = (folder: string): string => join(folder, STATE_FOLDER, 'dev.json');

const keyOf = ({ name, service }: ServiceStatus): string => `${service} ${name}`;

function parseRun(text: string): RunRecord | undefined {
  try {
    const data: unknown = JSON.parse(text);
    if (!isData(data) || data.version !== 1 || !Array.isArray(data.services)) return undefined;
    const texts = ['context', 'folder', 'host', 'namespace', 'since', 'state', 'stateSince', 'user'];
    if (typeof data.pid !== 'number' || texts.some((key) => typeof data[key] !== 'string')) return undefined;
    return data as unknown as RunRecord;
  } catch {
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run users that have no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
