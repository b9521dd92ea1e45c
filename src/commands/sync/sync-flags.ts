import { Failure } from '../../base/failure.js';
import type { SyncConfig } from '../../config/schema.js';
import { initialSyncs, type InitialSync } from '../../sync/core/initial.js';
import { labelFlag } from '../flags.js';

type Flags = Readonly<Record<string, unknown>>;

/**
 * What the flags of `devspace sync` ask for, as an entry of dev.sync with `localSubPath` relative to where the command runs. Throws USAGE for what is
 * no value of a flag, or contradicts itself.
 */
export function entryFromFlags(flags: Flags): SyncConfig {
  const uploadOnly = flags.uploadOnly === true;
  const downloadOnly = flags.downloadOnly === true;
  if (uploadOnly && downloadOnly)
    throw usage('--upload-only and --download-only leave nothing to sync', 'give one of the two');
  const initialSync = initialSyncFlag(flags.initialSync);
  const side = uploadOnly ? 'Remote' : downloadOnly ? 'Local' : undefined;
  if (side !== undefined && initialSync?.endsWith(side))
    throw usage(
      `--initial-sync ${initialSync} cannot be used together with ${uploadOnly ? '--upload-only' : '--download-only'}`,
      `use --initial-sync ${initialSync.replace(side, side === 'Local' ? 'Remote' : 'Local')}`,
    );
  const leave = flags.downloadOnInitialSync === false;
  if (leave && initialSync !== undefined)
    throw usage(
      '--no-download-on-initial-sync cannot be used together with --initial-sync',
      'leave out --no-download-on-initial-sync',
    );
  const syncReplicas = flags.syncReplicas === true;
  if (syncReplicas && downloadOnly)
    throw usage('--sync-replicas uploads, --download-only does not', 'give one of the two');
  if (syncReplicas && flags.watch === false)
    throw usage('--sync-replicas cannot be used together with --no-watch', 'give one of the two');
  if (syncReplicas && labelFlag(flags.labelSelector) === undefined && flags.imageSelector === undefined)
    throw usage(
      '--sync-replicas needs to know which pods',
      'name them with --label-selector or --image-selector',
    );
  return {
    ...pathsFromFlags(flags),
    excludePaths: flags.exclude as string[],
    excludeFile: flags.excludeFile as string | undefined,
    gitIgnore: flags.gitIgnore === true,
    initialSync,
    downloadOnInitialSync: leave ? false : undefined,
    disableDownload: uploadOnly,
    disableUpload: downloadOnly,
    noWatch: flags.watch === false,
    polling: flags.polling === true,
    syncReplicas,
  };
}

function initialSyncFlag(value: unknown): InitialSync | undefined {
  if (typeof value !== 'string') return undefined;
  const found = initialSyncs.find((name) => name.toLowerCase() === value.toLowerCase());
  if (found) return found;
  throw usage(`--initial-sync ${value} is not known`, `use one of ${initialSyncs.join(', ')}`);
}

/** `--path local:remote`, or the two flags that say the same. */
function pathsFromFlags(flags: Flags): Pick<SyncConfig, 'localSubPath' | 'containerPath'> {
  const { path, localPath, containerPath } = flags as Record<string, string | undefined>;
  if (path === undefined) return { localSubPath: localPath ?? '.', containerPath };
  if (localPath !== undefined || containerPath !== undefined)
    throw usage('--path says what --local-path and --container-path say', 'give --path alone');
  // A drive letter of Windows is no local path of its own.
  const [, local = path, remote] = /^((?:[A-Za-z]:[\\/])?[^:]*):(.*)$/.exec(path) ?? [];
  if (local === '' || remote === '')
    throw usage(`--path "${path}" lacks a folder`, 'write it as --path src:/app/src, or --path . for both');
  // As in DevSpace: a relative folder alone is the same folder below the container's working directory.
  const isRelative = !/^(?:[A-Za-z]:)?[\\/]|^\.\.(?:[\\/]|$)/.test(local);
  return {
    localSubPath: local,
    containerPath: remote ?? (isRelative ? local.replaceAll('\\', '/') : undefined),
  };
}

const usage = (message: string, hint: string): Failure => new Failure({ code: 'USAGE', message, hint });
