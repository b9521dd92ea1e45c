import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

import type { Event } from '../report/events.js';
import { STATE_FOLDER } from './folder.js';
import { isRunning, startOf } from './process-identity.js';
import { RecordWriter } from './record-writer.js';
import { enter, newRecord, parseRecord, type RecordInit, type SyncRecord } from './sync-record.js';

/** Keeps the record of a running sync. Disposing writes what is not written. */
export interface RecordKeeper extends AsyncDisposable {
  /** The same sync of another process that runs now. */
  readonly other: SyncRecord | undefined;
  enter(event: Event): void;
}

/**
 * Begins the record in `file`, which is `<root>/.devspace/sync/<key>.json`. Never throws: a sync that cannot be recorded still syncs.
 */
export async function keepRecord(
  file: string,
  init: Omit<RecordInit, 'host' | 'pid' | 'started'>,
): Promise<RecordKeeper> {
  const me = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  const before = await readRecord(file);
  const other = before && before.pid !== process.pid && runs(before) === true ? before : undefined;
  const keeper = new Keeper(file, newRecord({ ...init, ...me }, before, new Date()), other);
  await keeper.write();
  return keeper;
}

class Keeper implements RecordKeeper {
  readonly #record: SyncRecord;
  readonly #writer: RecordWriter;

  readonly other: SyncRecord | undefined;

  constructor(file: string, record: SyncRecord, other: SyncRecord | undefined) {
    this.other = other;
    this.#record = record;
    this.#writer = new RecordWriter(dirname(dirname(dirname(file))), file, () => record);
  }

  enter(event: Event): void {
    const what = enter(this.#record, event, new Date());
    if (what === 'state') void this.#writer.now();
    else if (what === 'counts') this.#writer.soon();
  }

  write(): Promise<void> {
    return this.#writer.now();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }
}

/** A sync as its record tells of it, with whether it still runs. */
export interface FoundSync {
  readonly file: string;
  readonly record: SyncRecord;
  /** Undefined: it was started on another machine. */
  readonly running: boolean | undefined;
}

/** The folder with the records and ancestors of the project or folder in `root`. */
export const syncStateFolder = (root: string): string => join(root, STATE_FOLDER, 'sync');

/** Every sync that was ever started with its state in `root`, by local folder. Broken files are left out. */
export async function findSyncs(root: string): Promise<FoundSync[]> {
  const folder = syncStateFolder(root);
  const names = await readdir(folder).catch(() => []);
  const found: FoundSync[] = [];
  for (const name of names.filter((one) => /^[0-9a-f]+\.json$/.test(one)).sort()) {
    const file = join(folder, name);
    const record = await readRecord(file);
    if (record) found.push({ file, record, running: runs(record) });
  }
  return found.sort((a, b) => (a.record.local < b.record.local ? -1 : 1));
}

/** The key of a record's file, which the ancestor's has too. */
export const keyOf = (file: string): string => basename(file).replace(/\.\w+$/, '');

function runs({ host, pid, started, state }: SyncRecord): boolean | undefined {
  if (state === 'stopped' || state === 'failed') return false;
  return host === hostname() ? isRunning(pid, started) : undefined;
}

async function readRecord(file: string): Promise<SyncRecord | undefined> {
  try {
    return parseRecord(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
