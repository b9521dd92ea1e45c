import { resolve } from 'node:path';
import { sleep } from '../base/abort.js';
import { Failure, isFailure, messageOf } from '../base/failure.js';
import type { SyncConfig } from '../config/schema.js';
import { openExec } from '../kube/exec.js';
import type { Kube } from '../kube/kubeconfig.js';
import type { LogFile } from '../state/log-file.js';
import type { SyncPatterns } from '../state/sync-record.js';
import { syncStateFolder } from '../state/sync-records.js';
import { startSync, type SyncSession } from '../sync/session.js';
import { besideOf } from './beside.js';
import { selectorFor, type ImageRefs } from './built-images.js';
import { recordSync } from './record-sync.js';
import { waitForPod, type WaitForPodOptions } from './wait-for-pod.js';

export interface SyncEntryOptions extends WaitForPodOptions {
  /** Folder of devspace.yaml. */
  root: string;
  /** Folder with the helper binaries. */
  helperDir: string;
  refs: ImageRefs;
  /** Who runs it, and where a dev run logs it. */
  command: 'dev' | 'sync';
  log?: LogFile | undefined;
  /** The one pod to sync with, when it is known; else the entry selects it. */
  pod?: string | undefined;
}

/** A dev.sync entry at work, over as many sessions as it takes. Disposing ends it cleanly. */
export interface RunningSync extends AsyncDisposable {
  /** Resolves once both sides have been equal; rejects when it ends before, with its failure or the signal's reason. */
  readonly initialDone: Promise<void>;
  /** Resolves after the end that was asked for; rejects with the failure that ended it. */
  readonly done: Promise<void>;
}

/** Failures that a new session may heal: the stream or the pod went away under the session. */
const PASSING = new Set([
  'SYNC_STREAM_LOST',
  'STREAM_LOST',
  'KUBE_UNREACHABLE',
  'KUBE_NOT_FOUND',
  'KUBE_API_ERROR',
  'EXEC_FAILED',
]);
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;
/** A session that held so long was a good one. */
const STABLE_MS = 30_000;

/**
 * Keeps one dev.sync entry in sync until the signal aborts, and the record of it (`.devspace/sync/*.json`). See {@link keepInSync}.
 */
export async function startSyncEntry(
  kube: Kube,
  entry: SyncConfig,
  options: SyncEntryOptions,
): Promise<RunningSync> {
  const { command, log, root, signal } = options;
  const localRoot = resolve(root, entry.localSubPath ?? '.');
  const containerPath = entry.containerPath ?? '.';
  const recording = await recordSync({
    command,
    context: kube.context,
    stateDir: syncStateFolder(root),
    localRoot,
    containerPath,
    patterns: patternsOf(entry),
    log,
    emit: options.emit,
  });
  const { emit } = recording;
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
    const running = await keepInSync(kube, entry, { ...options, emit }).catch(failed);
    const done = running.done.catch(failed);
    // Not everyone waits for it before it is disposed.
    done.catch(() => {});
    return {
      initialDone: running.initialDone,
      done,
      async [Symbol.asyncDispose]() {
        await running[Symbol.asyncDispose]();
        await recording[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await recording[Symbol.asyncDispose]();
    throw error;
  }
}

const patternsOf = ({
  excludePaths,
  uploadExcludePaths,
  downloadExcludePaths,
}: SyncConfig): SyncPatterns => ({
  excludePaths,
  uploadExcludePaths,
  downloadExcludePaths,
});

/**
 * Keeps one dev.sync entry in sync until the signal aborts: waits for its container, runs a session, and starts anew when the container was
 * replaced or the connection broke. The first session starts before this resolves, so that its failures are the caller's. What has not been
 * through once within the timeout is given up at its next failure.
 */
async function keepInSync(kube: Kube, entry: SyncConfig, options: SyncEntryOptions): Promise<RunningSync> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const open = (forMs: number) => openPatiently(kube, entry, { ...options, signal }, forMs);
  const began = performance.now();
  let session = await open(options.timeoutMs);

  let through: () => void = () => {};
  let over: (reason: unknown) => void = () => {};
  const initialDone = new Promise<void>((resolve, reject) => {
    [through, over] = [resolve, reject];
  });
  initialDone.catch(() => {});
  let wasThrough = false;
  const keep = async (): Promise<void> => {
    for (let failures = 0; ; failures += 1) {
      const opened = performance.now();
      session.initialDone.then(
        () => {
          wasThrough = true;
          through();
        },
        () => {},
      );
      try {
        await session.done;
        return;
      } catch (error) {
        await session[Symbol.asyncDispose]();
        const now = performance.now();
        if (!isPassing(error) || (!wasThrough && now - began > options.timeoutMs)) throw error;
        const { code, details, message } = error;
        options.emit({ type: 'warning', code, text: `${message} Starting again.`, details });
        if (now - opened > STABLE_MS) failures = 0;
        // At once the first time; what breaks again and again must not keep both machines busy.
        const wait = Math.min(RETRY_MS * failures, MAX_RETRY_MS);
        const nextAttempt = new Date(Date.now() + wait).toISOString();
        const { local, remote } = session;
        options.emit({
          type: 'sync',
          state: 'reconnecting',
          local,
          remote,
          code,
          reason: message,
          nextAttempt,
        });
        if (failures > 0) await sleep(wait, signal);
        session = await open(Infinity);
      }
    }
  };
  const done = keep().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  done.then(() => over(signal.reason), over);

  return {
    initialDone,
    done,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done.catch(() => {});
      await session[Symbol.asyncDispose]();
    },
  };
}

/** Opens a session; tries again for about as long as told while the reason why it fails may pass. */
async function openPatiently(
  kube: Kube,
  entry: SyncConfig,
  options: SyncEntryOptions,
  forMs: number,
): Promise<SyncSession> {
  const { emit, signal } = options;
  const localRoot = resolve(options.root, entry.localSubPath ?? '.');
  const id = `sync ${localRoot}`;
  const end = performance.now() + forMs;
  for (let told = ''; ;) {
    try {
      return await openSession(kube, entry, localRoot, id, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error) || performance.now() >= end) throw error;
      if (told !== error.message) {
        emit({ type: 'waiting', id, text: (told = error.message) });
        const remote = entry.containerPath ?? '.';
        const { code, message } = error;
        emit({ type: 'sync', state: 'reconnecting', local: localRoot, remote, code, reason: message });
      }
      await sleep(RETRY_MS, signal);
    }
  }
}

async function openSession(
  kube: Kube,
  entry: SyncConfig,
  localRoot: string,
  waitId: string,
  options: SyncEntryOptions,
): Promise<SyncSession> {
  const { emit, helperDir, refs, root, signal } = options;
  const selector = { ...selectorFor(entry, refs), pod: options.pod };
  const target = await waitForPod(kube, selector, waitId, options);
  const { container, namespace, pod } = target;
  const remote = entry.containerPath ?? '.';
  emit({ type: 'sync', state: 'connecting', local: localRoot, remote, namespace, pod, container });
  return startSync({
    open: (command, abort) =>
      openExec(
        kube,
        { namespace: target.namespace, pod: target.pod, container: target.container, command },
        abort,
      ),
    beside: besideOf(kube, target, { emit }),
    helperDir,
    localRoot,
    remoteRoot: entry.containerPath ?? '.',
    remoteIdentity: `${target.uid}/${target.containerId}`,
    excludePaths: entry.excludePaths,
    uploadExcludePaths: entry.uploadExcludePaths,
    downloadExcludePaths: entry.downloadExcludePaths,
    downloadOnInitialSync: entry.downloadOnInitialSync,
    bandwidthLimits: entry.bandwidthLimits,
    stateDir: resolve(root, '.devspace', 'sync'),
    name: `pod ${target.pod}, container ${target.container}`,
    emit,
    signal,
  });
}

/** True for failures after which a new session may well work. */
function isPassing(error: unknown): error is Failure {
  return error instanceof Failure && PASSING.has(error.code);
}
