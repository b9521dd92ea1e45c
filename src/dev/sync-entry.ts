import { resolve } from 'node:path';
import { sleep } from '../base/abort.js';
import { Failure } from '../base/failure.js';
import type { SyncConfig } from '../config/schema.js';
import { openExec } from '../kube/exec.js';
import type { Kube } from '../kube/kubeconfig.js';
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
  const open = () => openSession(kube, entry, { ...options, signal });
  let session = await retried(open, signal, options.timeoutMs);

  let over: (reason: unknown) => void = () => {};
  let through: () => void = () => {};
  const initialDone = new Promise<void>((resolve, reject) => {
    [through, over] = [resolve, reject];
  });
  initialDone.catch(() => {});
  const keep = async (): Promise<void> => {
    for (;;) {
      session.initialDone.then(through, () => {});
      try {
        await session.done;
        return;
      } catch (error) {
        await session[Symbol.asyncDispose]();
        if (!isPassing(error)) throw error;
        options.emit({ type: 'warning', code: error.code, text: `${error.message} Starting again.` });
        session = await retried(open, signal, Infinity);
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

/** Tries again what failed for a reason that may pass, for about as long as told. */
async function retried<T>(action: () => Promise<T>, signal: AbortSignal, forMs: number): Promise<T> {
  const end = performance.now() + forMs;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error) || performance.now() >= end) throw error;
      await sleep(RETRY_MS, signal);
    }
  }
}

async function openSession(kube: Kube, entry: SyncConfig, options: SyncEntryOptions): Promise<SyncSession> {
  const { emit, helperDir, refs, root, signal } = options;
  const localRoot = resolve(root, entry.localSubPath ?? '.');
  const selector = { ...selectorFor(entry, refs), pod: options.pod };
  const target = await waitForPod(kube, selector, `sync ${localRoot}`, options);
  return startSync({
    open: (command, abort) =>
      openExec(
        kube,
        { namespace: target.namespace, pod: target.pod, container: target.container, command },
        abort,
      ),
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
