import { homedir } from 'node:os';
import { parse, resolve } from 'node:path';
import { Failure } from '../../base/failure.js';
import { startReplicas } from '../../dev/sync/replicas.js';
import { startSyncEntry } from '../../dev/sync/sync-entry.js';
import { guardNetwork } from '../../kube/network/network-guard.js';
import type { CommandHandler } from '../command.js';
import { dangerAnswer } from './danger-answer.js';
import { helperDir } from '../helper-dir.js';
import { labelFlag, numberFlag } from '../flags.js';
import { findImage } from '../container/image-selector.js';
import { openKube } from '../open-kube.js';
import { pickTarget } from '../container/pick-target.js';
import { entryFromFlags } from './sync-flags.js';

/**
 * `devspace sync`: one folder with one container, until Ctrl-C, which is no failure once both are equal, or with `--no-watch` until they are. Needs no
 * project.
 */
export const run: CommandHandler = async (invocation) => {
  const { cwd, emit, flags, signal } = invocation;
  const timeoutMs = numberFlag('--timeout', flags.timeout) * 1000;
  const entry = entryFromFlags(flags);
  if (flags.path === undefined && flags.localPath === undefined) refuseHome(cwd);
  using kube = await openKube(invocation);
  const image =
    typeof flags.imageSelector === 'string' ? await findImage(kube, flags.imageSelector, signal) : undefined;
  const root = resolve(cwd, entry.localSubPath ?? '.');
  // Labels and an image also name the pod that will replace this one; a pod that was named or picked is this one only.
  const isByPod = flags.pod !== undefined || flags.pick === true;
  const isThisPod = isByPod || (labelFlag(flags.labelSelector) === undefined && image === undefined);
  const target =
    image !== undefined && !isByPod
      ? { namespace: kube.namespace, container: flags.container as string | undefined, pod: undefined }
      : await pickTarget(kube, invocation, 'Which container do you want to sync with?');
  await using _guard = guardNetwork(kube);
  const start = entry.syncReplicas ? startReplicas : startSyncEntry;
  await using sync = await start(
    kube,
    {
      ...entry,
      localSubPath: '.',
      ...(isThisPod ? {} : { labelSelector: labelFlag(flags.labelSelector) }),
      ...(image !== undefined && !isThisPod ? { imageName: image } : {}),
      containerName: target.container,
      namespace: target.namespace,
    },
    {
      root,
      command: 'sync',
      pod: isThisPod ? target.pod : undefined,
      helperDir: helperDir(),
      refs: new Map(image === undefined ? [] : [[image, image]]),
      timeoutMs,
      confirm: dangerAnswer(invocation),
      emit,
      signal,
    },
  );
  await sync.initialDone;
  if (!entry.noWatch) emit({ type: 'note', level: 'done', text: 'Syncing. Press Ctrl-C to stop.' });
  await sync.done;
  return 0;
};

/** Keys and passwords lie in a home folder: it goes to a container only when it is named. */
function refuseHome(cwd: string): void {
  if (cwd !== parse(cwd).root && cwd !== homedir()) return;
  throw new Failure({
    code: 'SYNC_FOLDER_UNNAMED',
    message: `${cwd} is ${cwd === homedir() ? 'your home folder' : 'a whole file system'}. Nothing was synced.`,
    subject: cwd,
    hint: 'go to the folder to sync, or name it: --local-path .',
  });
}
