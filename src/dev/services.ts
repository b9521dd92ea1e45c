import { isAbort } from '../base/abort.js';
import { Closing } from '../base/closing.js';
import type { Config } from '../config/schema.js';
import type { Kube } from '../kube/kubeconfig.js';
import type { Emit } from '../report/events.js';
import { openLogFile } from '../state/log-file.js';
import { openBrowser } from './browser.js';
import type { ImageRefs } from './built-images.js';
import { startEntryForward } from './forwards.js';
import { streamLogs } from './log-streams.js';
import { openUrls } from './open-urls.js';
import { startReplicas } from './replicas.js';
import { inStage } from './stage.js';
import { startSyncEntry, type RunningSync, type SyncEntryOptions } from './sync-entry.js';

export interface ServicesOptions extends Pick<SyncEntryOptions, 'confirm'> {
  config: Config;
  /** Folder of devspace.yaml. */
  root: string;
  helperDir: string;
  refs: ImageRefs;
  ports: boolean;
  sync: boolean;
  open: boolean;
  timeoutMs: number;
  emit: Emit;
  signal: AbortSignal;
  /** Called once everything runs and the first sync is through. */
  onReady: () => void;
}

type State = 'starting' | 'running' | 'stopping' | 'stopped';
const NEXT: Readonly<Record<State, readonly State[]>> = {
  starting: ['running', 'stopping'],
  running: ['stopping'],
  stopping: ['stopped'],
  stopped: [],
};

/**
 * The services of `devspace dev`, in the order of its stages: ports, sync, browser, logs.
 *
 *     starting ──all started──▶ running
 *        │                        │
 *        └──failure or signal──▶ stopping ──everything closed──▶ stopped
 *
 * Runs until the signal aborts (then it resolves) or a service fails for good (then it rejects with that failure). Everything it opened is closed
 * when it settles, last opened first.
 */
export async function runServices(kube: Kube, options: ServicesOptions): Promise<void> {
  let state: State = 'starting';
  const to = (next: State) => {
    if (!NEXT[state].includes(next))
      throw new Error(`illegal transition of the dev services: ${state} to ${next}`);
    state = next;
  };
  const { signal } = options;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const opened = new Closing();
  const started = { ...options, signal: either };
  try {
    await startPorts(kube, started, opened);
    const syncs = await startSyncs(kube, started, opened);
    const endings = [...syncs.map(({ done }) => done), ...startWatchers(kube, started, opened)];
    const firstFailure = Promise.all(endings).then(() => waitForAbort(either));
    await Promise.race([firstFailure, Promise.all(syncs.map(({ initialDone }) => initialDone))]);
    signal.throwIfAborted();
    to('running');
    options.onReady();
    await firstFailure;
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  } finally {
    to('stopping');
    failed.abort(signal.reason);
    await opened[Symbol.asyncDispose]();
    to('stopped');
  }
}

async function startPorts(kube: Kube, options: ServicesOptions, opened: Closing): Promise<void> {
  const entries = options.config.dev?.ports ?? [];
  if (!options.ports || entries.length === 0) return;
  await inStage(options.emit, 'ports', async () => {
    for (const entry of entries) opened.use(await startEntryForward(kube, entry, options.refs, options));
  });
}

async function startSyncs(kube: Kube, options: ServicesOptions, opened: Closing): Promise<RunningSync[]> {
  const entries = options.config.dev?.sync ?? [];
  if (!options.sync || entries.length === 0) return [];
  return inStage(options.emit, 'sync', async () => {
    const log = opened.use(await openLogFile(options.root, 'sync'));
    const running: RunningSync[] = [];
    for (const entry of entries) {
      const start = entry.syncReplicas ? startReplicas : startSyncEntry;
      const sync = opened.use(await start(kube, entry, { ...options, command: 'dev', log }));
      running.push(sync);
      if (entry.waitInitialSync) await sync.initialDone;
    }
    return running;
  });
}

/** The browser and the logs. Opening URLs never fails a run; the logs do when the pods cannot be watched. */
function startWatchers(kube: Kube, options: ServicesOptions, opened: Closing): Promise<void>[] {
  const { config, emit, refs, signal } = options;
  const urls = options.open ? (config.dev?.open ?? []).map(({ url }) => url) : [];
  const opening = openUrls(urls, openBrowser, emit, signal);
  opened.defer(() => opening);
  if (config.dev?.logs?.disabled) return [];
  const names = config.dev?.logs?.images ?? [...refs.keys()];
  const wanted = new Map([...refs].filter(([name]) => names.includes(name)));
  if (wanted.size === 0) return [];
  const namespaces = new Set([
    kube.namespace,
    ...(config.deployments ?? []).flatMap(({ namespace }) => namespace ?? []),
  ]);
  const logs = streamLogs(
    kube,
    { refs: wanted, namespaces: [...namespaces], showLast: config.dev?.logs?.showLast ?? 50, emit },
    signal,
  );
  opened.defer(() => logs.catch(() => undefined));
  return [logs];
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
