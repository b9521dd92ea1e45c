import type { SyncConfig } from '../../config/schema.js';
import type { InitialSync } from '../../sync/core/initial.js';
import type { SyncOptions } from '../../sync/session.js';

type Settings = Pick<
  SyncOptions,
  'bandwidthLimits' | 'direction' | 'downloadOnInitialSync' | 'initialSync' | 'polling' | 'watch'
>;

/**
 * What an entry of dev.sync means to one session. Only with a container that the run has not met yet may the start of a session mirror one side: after a
 * broken connection, what only one side has may be new.
 */
export function settingsOf(entry: SyncConfig, isNewContainer: boolean): Settings {
  return {
    direction: directionOf(entry),
    initialSync: isNewContainer ? (entry.initialSync ?? 'preferNewest') : afterBreak(entry.initialSync),
    downloadOnInitialSync: entry.downloadOnInitialSync,
    watch: entry.noWatch !== true,
    polling: entry.polling,
    bandwidthLimits: entry.bandwidthLimits,
  };
}

/** Which way changes go. */
export function directionOf(entry: SyncConfig): 'both' | 'up' | 'down' {
  return entry.disableDownload ? 'up' : entry.disableUpload ? 'down' : 'both';
}

/** Nothing may be removed then that is only new, and what was edited meanwhile must not be left as it is. */
function afterBreak(initialSync: InitialSync | undefined): InitialSync | undefined {
  switch (initialSync) {
    case 'mirrorLocal':
      return 'preferLocal';
    case 'mirrorRemote':
      return 'preferRemote';
    case 'disabled':
      return undefined;
    default:
      return initialSync;
  }
}

/**
 * Tells apart what is kept about entries with the same folders, over the life of pods: `pod` is given only where it is always this one (of `devspace
 * sync --pod`, or a replica).
 */
export function stateKeyOf(
  kube: { context: string; namespace: string },
  entry: SyncConfig,
  pod: string | undefined,
): string {
  const { containerName } = entry;
  const selector = pod === undefined ? [labelsOf(entry), imageOf(entry)] : [pod];
  return JSON.stringify([
    kube.context,
    entry.namespace ?? kube.namespace,
    containerName ?? null,
    ...selector,
  ]);
}

/** What an entry says of its container, as one text: two entries may differ in nothing else. */
export function selectorKeyOf(entry: SyncConfig): string {
  const { containerName, namespace } = entry;
  return JSON.stringify([namespace ?? null, containerName ?? null, labelsOf(entry), imageOf(entry)]);
}

const labelsOf = (entry: SyncConfig) =>
  Object.entries(entry.labelSelector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** Names in `images` have no blank. */
function imageOf({ imageName, imageSelector }: SyncConfig): string | null {
  return imageName ?? (imageSelector === undefined ? null : `image ${imageSelector}`);
}
