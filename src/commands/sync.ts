import { resolve } from 'node:path';
import { isFailure } from '../base/failure.js';
import { startSyncEntry } from '../dev/sync-entry.js';
import { loadKube } from '../kube/kubeconfig.js';
import type { CommandHandler } from './command.js';
import { helperDir } from './helper-dir.js';
import { numberFlag } from './open-project.js';
import { pickTarget } from './pick-target.js';

/** `devspace sync`: one folder with one container, until Ctrl-C. Needs no project. */
export const run: CommandHandler = async (invocation) => {
  const { cwd, emit, flags, signal } = invocation;
  const timeoutMs = numberFlag('--timeout', flags.timeout) * 1000;
  using kube = await loadKube({ context: flags.kubeContext as string, namespace: flags.namespace as string });
  const target = await pickTarget(kube, invocation, 'Which container do you want to sync with?');
  const root = resolve(cwd, flags.localPath as string);
  await using sync = await startSyncEntry(
    kube,
    {
      containerName: target.container,
      namespace: target.namespace,
      containerPath: flags.containerPath as string | undefined,
      excludePaths: flags.exclude as string[],
      downloadOnInitialSync: flags.downloadOnInitialSync as boolean,
    },
    { root, pod: target.pod, helperDir: helperDir(), refs: new Map(), timeoutMs, emit, signal },
  );
  await Promise.race([sync.initialDone, sync.done]);
  emit({ type: 'note', level: 'done', text: 'Syncing. Press Ctrl-C to stop.' });
  await sync.done.catch((error: unknown) => {
    if (!signal.aborted || isFailure(error)) throw error;
  });
  return 0;
};
