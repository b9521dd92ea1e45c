import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../base/failure.js';
import type { SyncConfig } from '../../config/schema.js';
import { openExec } from '../../kube/exec/exec.js';
import type { Kube } from '../../kube/kube.js';
import type { Target } from '../../kube/select/select.js';
import type { Emit } from '../../report/events.js';
import { readExcludes } from '../../sync/excludes/read-excludes.js';
import { watchExcludes } from '../../sync/excludes/watch-excludes.js';
import { startSync, type SyncOptions, type SyncSession } from '../../sync/session.js';
import { besideOf } from '../run/beside.js';
import { settingsOf } from './sync-settings.js';

export interface OpenSyncOptions extends Pick<
  SyncOptions,
  | 'confirm'
  | 'emit'
  | 'formerKey'
  | 'helperDir'
  | 'localRoot'
  | 'onBatch'
  | 'signal'
  | 'stateDir'
  | 'stateKey'
> {
  entry: SyncConfig;
  target: Target;
  /** The run has not synced with this container before. */
  isNewContainer: boolean;
  /** Continues a session of before with other rules: not worth telling. */
  isRestart: boolean;
}

/** A session with the rules that held when it started. Disposing stops it. */
export interface OpenedSync extends AsyncDisposable {
  session: SyncSession;
  /** The exclude rules changed: the session was stopped to be started anew. */
  hasNewRules(): boolean;
}

/** Starts a session with a container; it stops by itself, once, when the exclude files say something else than at its start. Throws as startSync. */
export async function openSync(kube: Kube, options: OpenSyncOptions): Promise<OpenedSync> {
  const { entry, isNewContainer, isRestart, target, ...rest } = options;
  const { localRoot } = options;
  const excludes = await readExcludes(localRoot, entry);
  let hasNewRules = false;
  let touch: () => void = () => {};
  const emit: Emit = (event) => {
    // One session takes another's place: to the user it is the same.
    const quiet =
      event.type === 'sync' &&
      (hasNewRules ? event.state === 'stopped' : isRestart && event.state !== 'stopped');
    options.emit(quiet ? { ...event, quiet } : event);
    if (event.type === 'sync-change' && entry.gitIgnore && /(?:^|\/)\.gitignore$/.test(event.path)) touch();
  };
  const { namespace, pod, container } = target;
  const remoteRoot = entry.containerPath ?? '.';
  const { patterns } = excludes;
  emit({
    type: 'sync',
    state: 'connecting',
    local: localRoot,
    remote: remoteRoot,
    namespace,
    pod,
    container,
    patterns,
  });
  const session = await startSync({
    ...rest,
    ...patterns,
    ...settingsOf(entry, isNewContainer),
    open: (command, abort) => openExec(kube, { namespace, pod, container, command }, abort),
    beside: besideOf(kube, target, { image: entry.helperImage, emit }),
    remoteRoot,
    remoteIdentity: `${target.uid}/${target.containerId}`,
    name: `pod ${pod}, container ${container}`,
    emit,
  });
  const check = async (): Promise<void> => {
    try {
      const now = await readExcludes(localRoot, entry);
      if (hasNewRules || isDeepStrictEqual(now.patterns, excludes.patterns)) return;
    } catch (error) {
      const text = `${messageOf(error)}. The rules stay as they were.`;
      return options.emit({ type: 'warning', code: 'SYNC_EXCLUDE_FILE', text });
    }
    hasNewRules = true;
    options.emit({
      type: 'note',
      level: 'info',
      text: `The exclude rules of ${localRoot} changed; they hold from now on.`,
    });
    await session.stop();
  };
  const watch = watchExcludes(entry.noWatch ? [] : excludes.files, () => void check());
  touch = () => watch.touch();
  void session.done.catch(() => {}).then(() => watch[Symbol.dispose]());
  return {
    session,
    hasNewRules: () => hasNewRules,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      await session[Symbol.asyncDispose]();
    },
  };
}
