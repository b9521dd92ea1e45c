import { setMaxListeners } from 'node:events';

import type { Emit } from '../report/events.js';
import { Failure } from '../base/failure.js';
import { settleable } from '../base/settleable.js';
import type { Side } from './core/entry.js';
import { compileRules, type Patterns } from './core/ignore.js';
import { type InitialSync, keepsDifferences } from './core/initial.js';
import type { Danger, DangerAnswer } from './core/safety.js';
import type { Batch } from './merge/batches.js';
import type { EndpointEvents } from './endpoint.js';
import { readHelper } from './inject/helper-binary.js';
import { injectHelper, type InjectOptions, type OpenProcess } from './inject/inject.js';
import { HeapBound } from './store/bound-heap.js';
import { HeapRest } from './store/rest-heap.js';
import { Ledger } from './merge/ledger.js';
import { type Local, openLocal } from './local/local.js';
import { loadMemory } from './ancestor/file.js';
import { ancestorFile, recall, Saver } from './ancestor/memory.js';
import { Merge } from './merge/merge.js';
import { takeOver } from './merge/take-over.js';
import { Remote } from './remote/remote.js';
import { SessionState } from './session-state.js';
import { TokenBucket } from './remote/token-bucket.js';
import { checkCount } from './too-many.js';

export interface SyncOptions extends Patterns {
  /** Starts a command where the other side is. */
  open: OpenProcess;
  /** The way in when nothing can be started by `open` because the container has no shell. */
  beside?: InjectOptions['beside'];
  /** Directory with the helpers and their manifest.json. */
  helperDir: string;
  localRoot: string;
  /** Absolute, or relative to the working directory of `open`. */
  remoteRoot: string;
  /** Changes when the container's file system is another one (pod uid and container id). */
  remoteIdentity: string;
  /** False: what only the container has at the start stays there and is not downloaded. */
  downloadOnInitialSync?: boolean | undefined;
  /**
   * How the first merge decides where the ancestor does not (core/initial.ts). To be given for the first session of a run and for each new container.
   * Undefined, as after a broken connection: like `preferNewest`, but what an earlier session left different stays so.
   */
  initialSync?: InitialSync | undefined;
  /** `up`: nothing is changed here; `down`: nothing is changed in the container; default both. */
  direction?: 'both' | 'up' | 'down' | undefined;
  /** False: one merge, then the session ends by itself (`done` resolves). */
  watch?: boolean | undefined;
  /** True: both sides look for changes every 2 s instead of watching, for file systems that tell of none. */
  polling?: boolean | undefined;
  /**
   * Asked before removals that look like an accident (core/safety.ts) are carried over; nothing else is begun before the answer. Without it, and when
   * it answers `stop`, the session ends with SYNC_ROOT_EMPTIED or SYNC_MASS_REMOVAL.
   */
  confirm?: ((danger: Danger) => Promise<DangerAnswer>) | undefined;
  /** Milliseconds that such removals may take to pass by themselves while a session runs; default 10,000. */
  passingMs?: number | undefined;
  /**
   * Told what was done after each round of merging, but not of the first merge. A round is over when nothing was done for 50 ms and nothing is under
   * way; one that takes longer than 2 s is told in parts. Awaited before the next is told; what it throws is a warning, SYNC_HOOK_FAILED.
   */
  onBatch?: ((batch: Batch) => Promise<void>) | undefined;
  /** KB/s of content; 0 or undefined: no limit. */
  bandwidthLimits?: { upload?: number | undefined; download?: number | undefined } | undefined;
  /** Where the ancestor is kept. */
  stateDir: string;
  /** Tells apart syncs of the same folders with different containers, over the life of the containers; default: the two roots alone. */
  stateKey?: string | undefined;
  /** The key of a sync of the same folders, with another container, whose knowledge of the local side holds as long as there is none with this key. */
  formerKey?: string | undefined;
  /** More files and folders than this on one side end the session; default 2,000,000. */
  mostPaths?: number | undefined;
  /** How the other side is called to the user. */
  name: string;
  emit: Emit;
  signal: AbortSignal;
}

export interface SyncSession extends AsyncDisposable {
  /** Both absolute and resolved. */
  readonly local: string;
  readonly remote: string;
  /** Resolves when the first merge is through: files sent up and down, milliseconds since the start. Rejects when the session ends before. */
  readonly initialDone: Promise<{ up: number; down: number; ms: number }>;
  /** Resolves after `stop` (or the signal); rejects with the Failure that ended the session. */
  readonly done: Promise<void>;
  /** Ends the helper, saves what is known, closes everything. Never throws; may be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a two-way sync. Resolves once both sides are open and listed; the first merge runs on. Throws SYNC_LOCAL_PATH_MISSING, SYNC_PATH_MISSING,
 * SYNC_PATH_DENIED, SYNC_PATH_REFUSED, SYNC_TOO_MANY_FILES, SYNC_NO_SHELL, SYNC_NO_WRITABLE_DIR, SYNC_UNSUPPORTED_ARCH, SYNC_INJECT_FAILED, SYNC_STREAM_LOST, SYNC_PROTOCOL. Later ends:
 * those of a lost stream, SYNC_ROOT_VANISHED, SYNC_ROOT_EMPTIED, SYNC_MASS_REMOVAL. A lost stream is not reopened: the caller starts a new session, which goes on from
 * what this one saved.
 */
export async function startSync(options: SyncOptions): Promise<SyncSession> {
  const session = new Session(options);
  try {
    await session.connect();
  } catch (error) {
    await session.close();
    options.signal.throwIfAborted();
    // What came of stopping for another reason is not the reason.
    throw session.failure ?? error;
  }
  return session;
}

class Session implements SyncSession {
  readonly initialDone: SyncSession['initialDone'];
  readonly done: Promise<void>;
  readonly #options: SyncOptions;
  readonly #state = new SessionState();
  readonly #began = performance.now();
  readonly #abort = new AbortController();
  readonly #local: Local;
  #remote: Remote | undefined;
  readonly #heap = new HeapBound();
  readonly #rest = new HeapRest();
  #merge: Merge | undefined;
  #saver: Saver | undefined;
  #failure: unknown;
  #closed: Promise<void> | undefined;
  readonly #initial = settleable<{ up: number; down: number; ms: number }>();
  readonly #ending = settleable<void>();

  constructor(options: SyncOptions) {
    this.#options = options;
    this.#local = openLocal(options.localRoot, compileRules(options), options.polling);
    // Many paths may wait at once.
    setMaxListeners(0, this.#abort.signal);
    this.initialDone = this.#initial.promise;
    this.done = this.#ending.promise;
    // Not everyone waits for both.
    this.initialDone.catch(() => {});
    this.done.catch(() => {});
  }

  /** What has ended the session, so far. */
  get failure(): unknown {
    return this.#failure;
  }

  get local(): string {
    return this.#local.root;
  }

  get remote(): string {
    return this.#remote?.root ?? this.#options.remoteRoot;
  }

  async connect(): Promise<void> {
    const { emit, helperDir, open, signal, bandwidthLimits } = this.#options;
    signal.throwIfAborted();
    signal.addEventListener('abort', () => void this.stop(), { once: true, signal: this.#abort.signal });
    const { direction = 'both', downloadOnInitialSync, initialSync: initial } = this.#options;
    const ledger = new Ledger(
      compileRules(this.#options),
      { direction, initial, leaveRemoteOnly: downloadOnInitialSync === false },
      () => this.#merge?.schedule(),
      () => this.#saver?.touch(),
      this.#local.traits,
    );
    // The first merge begins with all that is to be decided.
    ledger.dirty.defer();
    // First, since it waits for others: what is done here fits in between.
    const both = AbortSignal.any([signal, this.#abort.signal]);
    const { beside, formerKey, remoteRoot, stateDir, stateKey } = this.#options;
    const where = { root: remoteRoot, beside };
    const injected = injectHelper(open, (machine) => readHelper(helperDir, machine), both, where);
    injected.catch(() => {});
    const fileOf = (key = '') => ancestorFile(stateDir, [this.local, remoteRoot, key]);
    const file = fileOf(stateKey);
    const loading = loadMemory(file).then((found) =>
      found === 'missing' && formerKey !== undefined ? loadMemory(fileOf(formerKey)) : found,
    );
    this.#local.watch(this.#eventsOf('local', ledger));
    const localScan = this.#local.scan('');
    localScan.catch(() => {});

    const stream = await injected;
    this.#state.to('scanning');
    this.#remote = new Remote(stream, {
      root: this.#options.remoteRoot,
      excludePaths: this.#options.excludePaths ?? [],
      polling: this.#options.polling,
      up: new TokenBucket(bandwidthLimits?.upload),
      down: new TokenBucket(bandwidthLimits?.download),
      watch: this.#options.watch !== false,
    });
    this.#remote.watch(this.#eventsOf('remote', ledger));
    await Promise.all([this.#remote.open(), localScan]);
    await this.#recall(ledger, file, loading);
    if (this.#failure !== undefined) throw this.#failure;
    signal.throwIfAborted();

    emit({ type: 'sync', state: 'started', local: this.local, remote: this.remote });
    this.#state.to('merging');
    this.#merge = new Merge({
      ...this.#options,
      ledger,
      sides: { local: this.#local, remote: this.#remote },
      failed: (error: unknown) => void this.#halt(error),
      signal: this.#abort.signal,
    });
    this.#firstMerge(this.#merge).catch((error: unknown) => this.#halt(error));
  }

  stop(): Promise<void> {
    if (this.#state.is('connecting', 'scanning', 'merging', 'watching')) this.#state.to('stopped');
    return this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Frees everything, once, and settles `done`. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { emit } = this.#options;
    this.#abort.abort();
    this.#heap[Symbol.dispose]();
    this.#rest[Symbol.dispose]();
    await this.#remote?.[Symbol.asyncDispose]();
    await this.#local[Symbol.asyncDispose]();
    await this.#saver?.flush();
    // What was never told as started is not told as stopped.
    if (this.#merge) emit({ type: 'sync', state: 'stopped', local: this.local, remote: this.remote });
    const failure = this.#failure;
    this.#initial.reject(failure ?? stoppedEarly());
    if (failure === undefined) this.#ending.resolve();
    else this.#ending.reject(failure);
  }

  async #firstMerge(merge: Merge): Promise<void> {
    await merge.start();
    this.#heap[Symbol.dispose]();
    if (!this.#state.is('merging')) return;
    this.#state.to('watching');
    const done = { ...merge.counts, ms: Math.round(performance.now() - this.#began) };
    this.#saver?.touch();
    const { local, remote } = this;
    this.#options.emit({ type: 'sync', state: 'initial-done', local, remote, ...done });
    this.#initial.resolve(done);
    if (this.#options.watch === false) await this.stop();
  }

  async #recall(ledger: Ledger, file: string, loading: ReturnType<typeof loadMemory>): Promise<void> {
    const { emit, excludePaths, initialSync, remoteIdentity } = this.#options;
    const identity = {
      local: `${this.local}\n${this.#local.identity}`,
      remote: `${this.remote}\n${remoteIdentity}`,
      patterns: JSON.stringify(excludePaths ?? []),
    };
    const recalled = await recall(file, identity, emit, loading);
    // A mode that resolves differences is not held up by an earlier one that left them.
    const drops = initialSync !== undefined && !keepsDifferences(initialSync) && recalled.parked.size > 0;
    if (drops) recalled.parked.clear();
    takeOver(ledger, recalled);
    this.#saver = new Saver(file, identity, ledger, emit, recalled.isSaved && !drops);
  }

  #eventsOf(side: Side, ledger: Ledger): EndpointEvents {
    const endpoint = () => (side === 'local' ? this.#local : this.#remote);
    return {
      changed: (seen, suspects) => {
        ledger.changed(side, seen, suspects);
        checkCount(ledger[side].size, this.#options.mostPaths, endpoint()?.root);
        this.#heap.check(ledger.local.size + ledger.remote.size);
        this.#rest.touch();
      },
      scanning: (path) => ledger.scanning(side, path),
      switching: (on) => ledger.switching(on),
      lost: () =>
        void endpoint()
          ?.scan('')
          .catch(() => {}),
      degraded: (text) => this.#options.emit({ type: 'warning', code: 'SYNC_WATCH_LIMITED', text }),
      failed: (failure) => void this.#halt(failure),
    };
  }

  async #halt(failure: unknown): Promise<void> {
    if (!this.#state.is('connecting', 'scanning', 'merging', 'watching')) return;
    this.#state.to('halted');
    this.#failure = failure;
    await this.close();
  }
}

const stoppedEarly = (): Failure =>
  new Failure({ code: 'SYNC_STOPPED', message: 'The sync was stopped before the first merge was through.' });
