import { isAbort } from '../../base/abort.js';
import { Closing } from '../../base/closing.js';
import type { Config } from '../../config/schema.js';
import type { Kube } from '../../kube/kube.js';
import type { Emit, LogSink } from '../../report/events.js';
import { openLogFile } from '../../state/log-file.js';
import type { RunKeeper } from '../../state/run-record.js';
import { openBrowser } from '../open/browser.js';
import type { ImageRefs } from '../images/built-images.js';
import { startForwards } from '../ports/forwards.js';
import { streamLogs } from '../logs/log-streams.js';
import { logSources } from '../logs/log-sources.js';
import { openUrls } from '../open/open-urls.js';
import { planPorts } from '../ports/port-plan.js';
import { startReplicas } from '../sync/replicas.js';
import { startReverse } from '../ports/reverse-forwards.js';
import { inStage } from './stage.js';
import { Supervisor } from './supervisor.js';
import { startSyncEntry, type RunningSync, type SyncEntryOptions } from '../sync/sync-entry.js';

export interface ServicesOptions extends Pick<SyncEntryOptions, 'confirm'> {
  config: Config;
  /** Folder of devspace.yaml. */
  root: string;
  helperDir: string;
  refs: ImageRefs;
  ports: boolean;
  sync: boolean;
  open: boolean;
  /** Told how the run is, for those who ask from outside. */
  record: Pick<RunKeeper, 'enter'>;
  timeoutMs: number;
  emit: Emit;
  log: LogSink;
  signal: AbortSignal;
  /**
   * What takes the place of the logs: resolves to the exit code that ends the run. Its signal aborts when the run ends for another reason; what it
   * emits of its service is heard by the supervisor.
   */
  terminal?: ((signal: AbortSignal, emit: Emit) => Promise<number>) | undefined;
  /** Called once everything runs and the first sync is through. */
  onReady: () => void;
}

/**
 * The services of `devspace dev`, in the order of its stages: ports, sync, browser, logs or the terminal. {@link step} draws the life of the run.
 *
 * Runs until the signal aborts or the terminal ends (then it resolves to the exit code, 0 or the terminal's) or a service fails for good (then it
 * rejects with that failure). Everything it opened is closed when it settles, last opened first.
 */
export async function runServices(kube: Kube, options: ServicesOptions): Promise<number> {
  const { signal } = options;
  const closing = new AbortController();
  const either = AbortSignal.any([signal, closing.signal]);
  const opened = new Closing();
  const { record } = options;
  const supervisor = new Supervisor({
    emit: options.emit,
    onReady: options.onReady,
    onClose: () => closing.abort(signal.reason),
    onChange: ({ services, state }) => record.enter(state, services.values()),
  });
  const started = { ...options, emit: supervisor.emit, signal: either };
  try {
    const told = { type: 'service', service: 'network', name: kube.server } as const;
    const followed = kube.network.follow((status) => supervisor.emit({ ...told, ...status }));
    opened.defer(() => followed[Symbol.dispose]());
    for (const namespace of namespacesOf(kube, options)) {
      const held = kube.pods.hold(namespace);
      opened.defer(() => held[Symbol.dispose]());
    }
    await startPorts(kube, started, opened);
    const syncs = await startSyncs(kube, started, opened);
    const wasThrough = Promise.all(syncs.map(({ initialDone }) => initialDone));
    wasThrough.catch(() => {});
    const last = startLast(kube, started, opened, wasThrough);
    const endings = [...syncs.map(({ done }) => done), ...(last.over === undefined ? [] : [last.over])];
    // What has ended without a failure leaves the others running.
    const failed = Promise.all(endings).then(() => waitForAbort(either));
    failed.catch(() => {});
    const code = await Promise.race([failed, wasThrough, last.exit]);
    signal.throwIfAborted();
    if (typeof code === 'number') return code;
    supervisor.ready();
    return await Promise.race([failed, last.exit]);
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
    return 0;
  } finally {
    supervisor.stop();
    await opened[Symbol.asyncDispose]();
    supervisor.closed();
  }
}

/** Every namespace that something of the run happens in. */
function namespacesOf(kube: Kube, { config }: ServicesOptions): Set<string> {
  const { logs, ports = [], sync = [] } = config.dev ?? {};
  const named = [...(config.deployments ?? []), ...ports, ...sync, ...(logs?.selectors ?? [])];
  return new Set([kube.namespace, ...named.flatMap(({ namespace }) => namespace || [])]);
}

async function startPorts(kube: Kube, options: ServicesOptions, opened: Closing): Promise<void> {
  const entries = options.config.dev?.ports ?? [];
  if (!options.ports || entries.length === 0) return;
  await inStage(options.emit, 'ports', async () => {
    const log = opened.use(await openLogFile(options.root, 'portforwarding'));
    for (const group of planPorts(entries)) {
      const start = group.kind === 'reverse' ? startReverse : startForwards;
      opened.use(await start(kube, group, options.refs, { ...options, log }));
    }
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

/** What a run ends with: the browser, and the terminal or the logs. */
interface Last {
  /** Resolves to the exit code of the terminal; never settles without one. */
  exit: Promise<number>;
  /** Rejects with what makes the run fail. */
  over: Promise<unknown> | undefined;
}

/** Opening URLs never fails a run; the logs do when the pods cannot be watched. A terminal finds the synced files there. */
function startLast(kube: Kube, options: ServicesOptions, opened: Closing, synced: Promise<unknown>): Last {
  const { config, emit, signal, terminal } = options;
  const urls = options.open ? (config.dev?.open ?? []).map(({ url }) => url) : [];
  const opening = openUrls(urls, openBrowser, emit, signal);
  opened.defer(() => opening);
  if (terminal !== undefined) {
    const exit = synced.then(() => terminal(signal, emit));
    opened.defer(() => exit.catch(() => undefined));
    return { exit, over: undefined };
  }
  const logs = startLogs(kube, options);
  opened.defer(() => logs?.catch(() => undefined));
  return { exit: new Promise(() => {}), over: logs };
}

function startLogs(
  kube: Kube,
  { config, emit, log, refs, signal }: ServicesOptions,
): Promise<void> | undefined {
  if (config.dev?.logs?.disabled) return undefined;
  const sources = logSources(config, refs, kube.namespace);
  if (sources.length === 0) return undefined;
  const showLast = config.dev?.logs?.showLast ?? 50;
  return streamLogs(kube, { sources, showLast, emit, log }, signal).finally(() =>
    emit({ type: 'service', service: 'logs', name: '', state: 'ended' }),
  );
}

function waitForAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
