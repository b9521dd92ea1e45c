import { Failure } from '../../base/failure.js';
import type { SyncConfig } from '../../config/schema.js';
import type { Kube } from '../../kube/kube.js';
import type { Target } from '../../kube/select/select.js';
import type { Danger } from '../../sync/core/safety.js';
import type { DangerAnswer } from '../../sync/core/safety.js';
import type { SyncOptions } from '../../sync/session.js';
import { selectorFor, type ImageRefs } from '../images/built-images.js';
import { openSync, type OpenedSync } from './open-sync.js';
import { syncHooks, type SyncHooks } from './sync-hooks.js';
import { waitForPod, type WaitForPodOptions } from '../run/wait-for-pod.js';

/** {@link SyncOptions.confirm} with a word for the two folders. */
export type ConfirmDanger = (danger: Danger, folders: string) => Promise<DangerAnswer>;

export interface KeepInSyncOptions extends WaitForPodOptions, Pick<SyncOptions, 'helperDir'> {
  confirm?: ConfirmDanger | undefined;
  localRoot: string;
  /** See SyncOptions. */
  stateDir: string;
  stateKey: string;
  /** See SyncOptions. */
  formerKey?: string | undefined;
  refs: ImageRefs;
  /** The one pod to sync with, when it is known; else the entry selects it. */
  pod?: string | undefined;
  /** Told the container before each session with one; waited for. */
  onTarget?: ((target: Target) => Promise<void>) | undefined;
}

/** A dev.sync entry at work, over as many sessions as it takes. Disposing ends it cleanly. */
export interface RunningSync extends AsyncDisposable {
  /** Resolves once both sides have been equal; rejects when it ends before, with its failure or the signal's reason. */
  readonly initialDone: Promise<void>;
  /** Resolves after the end that was asked for, and with `noWatch` after the first sync; rejects with the failure that ended it. */
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
/** The pod is not there for now. */
const AWAY = new Set(['POD_NOT_FOUND', 'POD_NOT_READY']);
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;
/** A session that held so long was a good one. */
const STABLE_MS = 30_000;

/**
 * Keeps one dev.sync entry in sync until the signal aborts: waits for its container, runs a session, and starts anew when the container was
 * replaced, the connection broke or the exclude rules changed. The first session starts before this resolves, so that its failures are the caller's.
 * What has not been through once within the timeout is given up at its next failure. Beside the failures of sessions: SYNC_HOOK_FAILED.
 */
export async function keepInSync(
  kube: Kube,
  entry: SyncConfig,
  options: KeepInSyncOptions,
): Promise<RunningSync> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const hooks = syncHooks(kube, {
    ...entry,
    localRoot: options.localRoot,
    stateDir: options.stateDir,
    emit: options.emit,
    signal,
    fail: (failure) => stop.abort(failure),
  });
  const open = sessionOpener(kube, entry, { ...options, signal }, hooks);
  const began = performance.now();
  let opened = await open(options.timeoutMs);

  let through: () => void = () => {};
  let over: (reason: unknown) => void = () => {};
  const initialDone = new Promise<void>((resolve, reject) => {
    [through, over] = [resolve, reject];
  });
  initialDone.catch(() => {});
  let wasThrough = false;
  const keep = async (): Promise<void> => {
    for (let failures = 0; ; failures += 1) {
      const since = performance.now();
      opened.session.initialDone.then(
        () => {
          wasThrough = true;
          through();
        },
        () => {},
      );
      try {
        await opened.session.done;
        signal.throwIfAborted();
        if (!opened.hasNewRules()) return await hooks.idle();
        await opened[Symbol.asyncDispose]();
        failures = -1;
        opened = await open(Infinity, wasThrough);
      } catch (error) {
        await opened[Symbol.asyncDispose]();
        const now = performance.now();
        if (signal.aborted || !isPassing(error) || (!wasThrough && now - began > options.timeoutMs))
          throw error;
        const { code, details, message } = error;
        options.emit({ type: 'warning', code, text: `${message} Starting again.`, details });
        if (now - since > STABLE_MS) failures = 0;
        // At once the first time; what breaks again and again must not keep both machines busy.
        const wait = Math.min(RETRY_MS * failures, MAX_RETRY_MS);
        const nextAttempt = new Date(Date.now() + wait).toISOString();
        const { local, remote } = opened.session;
        const reconnecting = { type: 'sync', state: 'reconnecting', local, remote } as const;
        options.emit({ ...reconnecting, code, reason: message, nextAttempt });
        if (failures > 0 || kube.network.isGone) await kube.network.pause(wait, signal);
        opened = await open(Infinity);
      }
    }
  };
  const done = keep().catch((error: unknown) => {
    const { reason } = stop.signal as { reason: unknown };
    if (reason instanceof Failure) throw reason;
    if (!signal.aborted) throw error;
  });
  done.then(() => over(signal.reason), over);

  return {
    initialDone,
    done,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done.catch(() => {});
      await opened[Symbol.asyncDispose]();
    },
  };
}

/** Opens one session after the other; each tries again for about as long as told while the reason why it fails may pass. */
function sessionOpener(
  kube: Kube,
  entry: SyncConfig,
  options: KeepInSyncOptions,
  hooks: SyncHooks,
): (forMs: number, isRestart?: boolean) => Promise<OpenedSync> {
  const { confirm, emit, helperDir, localRoot, onTarget, pod, refs, signal, stateDir, stateKey } = options;
  const remote = entry.containerPath ?? '.';
  const id = `sync ${localRoot}${pod === undefined ? '' : ` ${pod}`}`;
  const met = new Set<string>();

  const openOne = async (isRestart: boolean): Promise<OpenedSync> => {
    const target = await waitForPod(kube, { ...selectorFor(entry, refs), pod }, id, options);
    await onTarget?.(target);
    const identity = `${target.uid}/${target.containerId}`;
    const isNewContainer = !met.has(identity);
    const opened = await openSync(kube, {
      entry,
      target,
      isNewContainer,
      isRestart,
      localRoot,
      stateDir,
      helperDir,
      stateKey,
      formerKey: options.formerKey,
      confirm: confirm && ((danger) => confirm(danger, `${localRoot} <-> ${target.pod}:${remote}`)),
      onBatch: entry.onUpload || entry.onDownload ? async (batch) => hooks.batch(batch) : undefined,
      emit,
      signal,
    });
    const { session } = opened;
    hooks.use({ ...target, remoteRoot: session.remote });
    const first = session.initialDone.then(() => {
      met.add(identity);
      if (isNewContainer) hooks.firstSyncDone();
    });
    first.catch(() => {});
    return opened;
  };
  return async (forMs, isRestart = false) => {
    const end = performance.now() + forMs;
    for (let told = ''; ;) {
      try {
        return await openOne(isRestart);
      } catch (error) {
        signal.throwIfAborted();
        // What has worked may be scaled down, or wait for a node.
        const isAway = met.size > 0 && pod === undefined && error instanceof Failure && AWAY.has(error.code);
        if (!(isAway || isPassing(error)) || performance.now() >= end) throw error;
        if (told !== error.message) {
          emit({ type: 'waiting', id, text: (told = error.message) });
          const { code, message } = error;
          emit({ type: 'sync', state: 'reconnecting', local: localRoot, remote, code, reason: message });
        }
        await kube.network.pause(RETRY_MS, signal);
      }
    }
  };
}

/** True for codes of failures after which a new session may well work. */
export function isPassingCode(code: string): boolean {
  return PASSING.has(code);
}

function isPassing(error: unknown): error is Failure {
  return error instanceof Failure && isPassingCode(error.code);
}
