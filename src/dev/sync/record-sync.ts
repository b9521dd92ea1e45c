import { realpath } from 'node:fs/promises';

import type { Emit, Event } from '../../report/events.js';
import type { LogFile } from '../../state/log-file.js';
import { keepRecord } from '../../state/sync-records.js';
import type { SyncPatterns, SyncRecord, SyncSettings } from '../../state/sync-record.js';
import { ancestorFile } from '../../sync/ancestor/memory.js';

export interface RecordSyncOptions {
  command: 'dev' | 'sync';
  context: string;
  /** Folder of the syncs' state, `<root>/.devspace/sync`. */
  stateDir: string;
  localRoot: string;
  containerPath: string;
  /** See SyncOptions. */
  stateKey?: string | undefined;
  patterns: SyncPatterns;
  settings?: SyncSettings | undefined;
  /** See SyncRecord. */
  isReplica?: boolean | undefined;
  /** `.devspace/logs/sync.log` of a dev run. */
  log?: LogFile | undefined;
  emit: Emit;
}

/** An `emit` that also keeps the record of one sync, and its part of the log. Disposing writes what is not written; the log stays open. */
export interface SyncRecording extends AsyncDisposable {
  readonly emit: Emit;
}

/** Begins to record a sync, from the events that it tells. Never throws. */
export async function recordSync(options: RecordSyncOptions): Promise<SyncRecording> {
  const { command, containerPath, context, isReplica, log, patterns, settings, stateDir, stateKey } = options;
  const local = await realpath(options.localRoot).catch(() => options.localRoot);
  const file = ancestorFile(stateDir, [local, containerPath, stateKey ?? '']).replace(/\.tree$/, '.json');
  const init = { command, context, local, containerPath, patterns, settings, isReplica };
  const keeper = await keepRecord(file, init);
  if (keeper.other) options.emit(alsoSynced(keeper.other));
  let [pod, container] = ['', containerPath];
  return {
    emit: (event) => {
      keeper.enter(event);
      if (event.type === 'sync') [pod, container] = [event.pod ?? pod, event.remote];
      const line = log && logLine(event);
      if (line) log.write(line.level, line.msg, { pod, local, container, ...line.fields });
      options.emit(event);
    },
    async [Symbol.asyncDispose]() {
      // A session that never got far enough does not tell of its end.
      keeper.enter({ type: 'sync', state: 'stopped', local, remote: container });
      await keeper[Symbol.asyncDispose]();
    },
  };
}

const alsoSynced = ({ command, local, pid, remote }: SyncRecord): Event => ({
  type: 'warning',
  code: 'SYNC_RUNNING',
  text: `${local} <-> ${remote} is being synced already by devspace ${command}, process ${pid}. Both keep the same record of it.`,
  hint: `Stop one of them: kill -INT ${pid}`,
});

interface LogLine {
  level: 'info' | 'warn' | 'error';
  msg: string;
  fields?: Readonly<Record<string, string>>;
}

/** What sync.log tells of an event, in the words of DevSpace's own; undefined: nothing. */
export function logLine(event: Event): LogLine | undefined {
  switch (event.type) {
    case 'sync-change': {
      const { action, direction, path, size } = event;
      const fields = { direction, path };
      if (action === 'remove')
        return {
          level: 'info',
          msg: `${direction === 'up' ? 'Upstream' : 'Downstream'} - Remove ${path}`,
          fields,
        };
      if (direction === 'up') return { level: 'info', msg: `Upstream - Upload File ${path}`, fields };
      return { level: 'info', msg: `Downstream - Download file ${path}, size: ${size ?? 0}`, fields };
    }
    case 'sync-conflict':
      return {
        level: 'warn',
        msg: `Conflict - ${path(event)}`,
        fields: { path: event.path },
      };
    case 'warning':
      return { level: 'warn', msg: event.text };
    case 'sync':
      if (event.state === 'started') return { level: 'info', msg: 'Start syncing' };
      if (event.state === 'initial-done') return { level: 'info', msg: 'Initial sync completed' };
      if (event.state === 'stopped') return { level: 'info', msg: 'Sync stopped' };
      if (event.state === 'failed') return { level: 'error', msg: `Fatal sync error: ${event.reason ?? ''}` };
      return undefined;
    default:
      return undefined;
  }
}

const path = ({ kept, path, savedAs }: Event & { type: 'sync-conflict' }): string =>
  `${path} was changed on both sides; kept the ${kept} version, the other is in ${savedAs}`;
