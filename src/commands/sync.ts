import { resolve } from 'node:path';
import { startSyncEntry } from '../dev/sync-entry.js';
import type { CommandHandler } from './command.js';
import { helperDir } from './helper-dir.js';
import { labelFlag, numberFlag } from './flags.js';
import { openKube } from './open-kube.js';
import { pickTarget } from './pick-target.js';

/** `devspace sync`: one folder with one container, until Ctrl-C, which is no failure once both are equal. Needs no project. */
export const run: CommandHandler = async (invocation) => {
  const { cwd, emit, flags, signal } = invocation;
  const timeoutMs = numberFlag('--timeout', flags.timeout) * 1000;
  using kube = await openKube(invocation);
  const target = await pickTarget(kube, invocation, 'Which container do you want to sync with?');
  const root = resolve(cwd, flags.localPath as string);
  // Labels also name the pod that will replace this one; a pod that was named or picked is this one only.
  const isThisPod = flags.pod !== undefined || flags.labelSelector === undefined || flags.pick === true;
  await using sync = await startSyncEntry(
    kube,
    {
      ...(isThisPod ? {} : { labelSelector: labelFlag(flags.labelSelector) }),
      containerName: target.container,
      namespace: target.namespace,
      containerPath: flags.containerPath as string | undefined,
      excludePaths: flags.exclude as string[],
      downloadOnInitialSync: flags.downloadOnInitialSync as boolean,
    },
    {
      root,
      command: 'sync',
      pod: isThisPod ? target.pod : undefined,
      helperDir: helperDir(),
      refs: new Map(),
      timeoutMs,
      emit,
      signal,
    },
  );
  await sync.initialDone;
  emit({ type: 'note', level: 'done', text: 'Syncing. Press Ctrl-C to stop.' });
  await sync.done;
  return 0;
};
