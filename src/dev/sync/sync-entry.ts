import { resolve } from 'node:path';
import { isFailure, messageOf } from '../../base/failure.js';
import type { SyncConfig } from '../../config/schema.js';
import type { Kube } from '../../kube/kube.js';
import type { LogFile } from '../../state/log-file.js';
import { syncStateFolder } from '../../state/sync-records.js';
import { keepInSync, type KeepInSyncOptions, type RunningSync } from './keep-in-sync.js';
import { recordSync } from './record-sync.js';
import { tellSyncService } from './sync-service.js';
import { directionOf, selectorKeyOf, stateKeyOf } from './sync-settings.js';

export type { RunningSync } from './keep-in-sync.js';

export interface SyncEntryOptions extends Omit<
  KeepInSyncOptions,
  'formerKey' | 'localRoot' | 'stateDir' | 'stateKey'
> {
  /** Folder of devspace.yaml. */
  root: string;
  /** Who runs it, and where a dev run logs it. */
  command: 'dev' | 'sync';
  log?: LogFile | undefined;
  /** One of several pods that are only uploaded to. */
  isReplica?: boolean | undefined;
}

/**
 * Keeps one dev.sync entry in sync until the signal aborts, and the record of it (`.devspace/sync/*.json`). See {@link keepInSync}.
 */
export async function startSyncEntry(
  kube: Kube,
  entry: SyncConfig,
  options: SyncEntryOptions,
): Promise<RunningSync> {
  const { command, isReplica, log, pod, root, signal } = options;
  const localRoot = resolve(root, entry.localSubPath ?? '.');
  const containerPath = entry.containerPath ?? '.';
  const stateDir = syncStateFolder(root);
  const stateKey = stateKeyOf(kube, entry, pod);
  // A pod that joins brings back what was deleted while others were synced with.
  const formerKey = isReplica ? stateKeyOf(kube, entry, undefined) : undefined;
  const { excludePaths, uploadExcludePaths, downloadExcludePaths } = entry;
  const { excludeFile, uploadExcludeFile, downloadExcludeFile, gitIgnore } = entry;
  const recording = await recordSync({
    command,
    context: kube.context,
    stateDir,
    stateKey,
    localRoot,
    containerPath,
    patterns: {
      excludePaths,
      uploadExcludePaths,
      downloadExcludePaths,
      excludeFile,
      uploadExcludeFile,
      downloadExcludeFile,
      gitIgnore,
    },
    settings: {
      direction: directionOf(entry),
      initialSync: entry.initialSync,
      helperImage: entry.helperImage,
      selector: selectorKeyOf(entry),
    },
    isReplica,
    log,
    emit: options.emit,
  });
  const name = `${localRoot} <-> ${pod === undefined ? '' : `${pod}:`}${containerPath}`;
  const emit = tellSyncService(recording.emit, name);
  const failed = (error: unknown): never => {
    if (!signal.aborted) {
      const code = isFailure(error) ? error.code : 'INTERNAL';
      emit({
        type: 'sync',
        state: 'failed',
        local: localRoot,
        remote: containerPath,
        code,
        reason: messageOf(error),
      });
    }
    throw error;
  };
  try {
    const kept = { ...options, localRoot, stateDir, stateKey, formerKey, emit };
    const running = await keepInSync(kube, entry, kept).catch(failed);
    const done = running.done.catch(failed);
    // Not everyone waits for it before it is disposed.
    done.catch(() => {});
    return {
      initialDone: running.initialDone,
      done,
      async [Symbol.asyncDispose]() {
        await running[Symbol.asyncDispose]();
        emit({ type: 'service', service: 'sync', name, state: 'ended' });
        await recording[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await recording[Symbol.asyncDispose]();
    throw error;
  }
}
