import { Closing } from '../../base/closing.js';
import type { Emit } from '../../report/events.js';
import { recall } from '../ancestor/memory.js';
import type { Side } from '../core/entry.js';
import { compileRules, type Patterns } from '../core/ignore.js';
import type { Policy } from '../core/policy.js';
import type { EndpointEvents } from '../endpoint.js';
import { readHelper } from '../inject/helper-binary.js';
import { injectHelper, type InjectOptions, type OpenProcess } from '../inject/inject.js';
import { type Local, openLocal } from '../local/local.js';
import { Ledger } from '../merge/ledger.js';
import { takeOver } from '../merge/take-over.js';
import { Remote } from '../remote/remote.js';
import { TokenBucket } from '../remote/token-bucket.js';

export interface InspectOptions extends Patterns {
  localRoot: string;
  /** See SyncOptions; default `both`. */
  direction?: Policy['direction'] | undefined;
  /** Left out: only this side is looked at. */
  container?:
    | {
        open: OpenProcess;
        beside?: InjectOptions['beside'];
        helperDir: string;
        root: string;
        /** See SyncOptions. */
        identity: string;
      }
    | undefined;
  /** File with what a sync of these folders knows (see `ancestorFile`); left out: nothing is known. */
  ancestor?: string | undefined;
  emit: Emit;
  signal: AbortSignal;
}

/** Both sides of a sync as they are, beside a session that may run; nothing is changed. Disposing ends the helper. */
export interface Inspection extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly local: Local;
  readonly remote: Remote | undefined;
}

/** Opens and lists both sides, without watching them. Throws as startSync. */
export async function openInspection(options: InspectOptions): Promise<Inspection> {
  const { container, signal } = options;
  const rules = compileRules(options);
  const opened = new Closing();
  try {
    // Polling, since nothing is to be watched.
    const local = opened.use(openLocal(options.localRoot, rules, true));
    const ledger = new Ledger(
      rules,
      { direction: options.direction ?? 'both', initial: undefined },
      () => {},
      () => {},
      local.traits,
    );
    local.watch(eventsOf('local', ledger));
    const scanned = local.scan('');
    scanned.catch(() => {});
    let remote: Remote | undefined;
    if (container) {
      const { beside, helperDir, open, root } = container;
      const stream = await injectHelper(open, (machine) => readHelper(helperDir, machine), signal, {
        root,
        beside,
      });
      remote = opened.use(
        new Remote(stream, {
          root,
          excludePaths: options.excludePaths ?? [],
          up: new TokenBucket(undefined),
          down: new TokenBucket(undefined),
          watch: false,
        }),
      );
      remote.watch(eventsOf('remote', ledger));
      await remote.open();
    }
    await scanned;
    await remember(options, ledger, local, remote);
    return { ledger, local, remote, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw error;
  }
}

async function remember(
  { ancestor: file, container, emit, excludePaths }: InspectOptions,
  ledger: Ledger,
  local: Local,
  remote: Remote | undefined,
): Promise<void> {
  if (file === undefined) return;
  const identity = {
    local: `${local.root}\n${local.identity}`,
    remote: `${remote?.root ?? ''}\n${container?.identity ?? ''}`,
    patterns: JSON.stringify(excludePaths ?? []),
  };
  takeOver(ledger, await recall(file, identity, emit));
}

/** A side that fails fails the calls that are open, too. */
const eventsOf = (side: Side, ledger: Ledger): EndpointEvents => ({
  changed: (seen) => ledger.changed(side, seen),
  scanning: (path) => ledger.scanning(side, path),
  lost: () => {},
  degraded: () => {},
  failed: () => {},
});
