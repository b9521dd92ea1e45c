import { resolve } from 'node:path';
import { sleep } from '../base/abort.js';
import { Failure, isFailure } from '../base/failure.js';
import type { ProcessStream } from '../base/process-stream.js';
import type { SyncConfig } from '../config/schema.js';
import { openExec } from '../kube/exec.js';
import type { Kube } from '../kube/kubeconfig.js';
import type { Target } from '../kube/select.js';
import { startSync, type SyncSession } from '../sync/session.js';
import { selectorFor, type ImageRefs } from './built-images.js';
import { waitForPod, type WaitForPodOptions } from './wait-for-pod.js';

export interface SyncEntryOptions extends WaitForPodOptions {
  /** Folder of devspace.yaml. */
  root: string;
  /** Folder with the helper binaries. */
  helperDir: string;
  refs: ImageRefs;
  /** The one pod to sync with, when it is known; else the entry selects it. */
  pod?: string | undefined;
}

/** A dev.sync entry at work, over as many sessions as it takes. Disposing ends it cleanly. */
export interface RunningSync extends AsyncDisposable {
  /** The first initial sync is through. */
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

/**
 * Keeps one dev.sync entry in sync until the signal aborts: waits for its container, runs a session, and starts anew when the container was
 * replaced or the connection broke. The first session starts before this resolves, so that its failures are the caller's.
 */
export async function startSyncEntry(
  kube: Kube,
  entry: SyncConfig,
  options: SyncEntryOptions,
): Promise<RunningSync> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let session = await openSession(kube, entry, { ...options, signal });
  const initialDone = session.initialDone.then(() => undefined);
  initialDone.catch(() => undefined);

  const keep = async (): Promise<void> => {
    for (;;) {
      try {
        await session.done;
        return;
      } catch (error) {
        await session[Symbol.asyncDispose]();
        if (signal.aborted) return;
        if (!(error instanceof Failure) || !PASSING.has(error.code)) throw error;
        options.emit({ type: 'warning', code: error.code, text: `${error.message}; starting again` });
        await sleep(RETRY_MS, signal);
        session = await reopen();
      }
    }
  };
  const reopen = async (): Promise<SyncSession> => {
    for (;;) {
      try {
        return await openSession(kube, entry, { ...options, signal });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Failure) || !PASSING.has(error.code)) throw error;
        await sleep(RETRY_MS, signal);
      }
    }
  };
  const done = keep().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  done.catch(() => undefined);

  return {
    initialDone,
    done,
    async [Symbol.asyncDispose]() {
      await session.stop();
      stop.abort();
      await done.catch(() => undefined);
      await session[Symbol.asyncDispose]();
    },
  };
}

async function openSession(kube: Kube, entry: SyncConfig, options: SyncEntryOptions): Promise<SyncSession> {
  const { emit, helperDir, refs, root, signal } = options;
  const localRoot = resolve(root, entry.localSubPath ?? '.');
  const selector = { ...selectorFor(entry, refs), pod: options.pod };
  const target = await waitForPod(kube, selector, `sync ${localRoot}`, options);
  return startSync({
    open: (command, abort) => openInContainer(kube, target, command, abort),
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

/** An exec in a chosen container, in the shape that sync takes. */
export async function openInContainer(
  kube: Kube,
  target: Pick<Target, 'namespace' | 'pod' | 'container'>,
  command: readonly string[],
  signal: AbortSignal,
): Promise<ProcessStream> {
  const { container, namespace, pod } = target;
  return openExec(kube, { namespace, pod, container, command }, signal);
}

/** True for failures after which a sync may come back by itself. */
export function isPassing(error: unknown): boolean {
  return isFailure(error) && PASSING.has(error.code);
}
