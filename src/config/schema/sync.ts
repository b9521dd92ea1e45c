import * as z from 'zod/mini';
import { about, count, name, optional, target, text, texts } from './common.js';

/** Values of dev.sync[*].initialSync; sync/core/initial.ts says what they do. */
export const initialSyncNames = [
  'preferNewest',
  'preferLocal',
  'preferRemote',
  'mirrorLocal',
  'mirrorRemote',
  'keepAll',
  'disabled',
] as const;

const args = 'Arguments; {} alone is replaced by the absolute path of the file or folder';

/** Run as it is, without a shell: this is how DevSpace has always run it. */
const plainCommand = z.strictObject({
  command: about(name, 'Program to run, without a shell'),
  args: optional(texts, 'Arguments'),
});

const pathCommand = z.strictObject({
  command: about(name, 'Program to run, without a shell'),
  args: optional(texts, args),
});

const perPath = {
  command: optional(name, 'Program to run for each file and each new folder, without a shell'),
  args: optional(texts, args),
  onFileChange: optional(pathCommand, 'Run for each new or changed file'),
  onDirCreate: optional(pathCommand, 'Run for each new folder'),
};

const exec = z.strictObject({
  command: about(name, 'Program to run; without args a line for the shell (sh -c)'),
  args: optional(texts, 'Arguments; with them, even an empty list, no shell is used'),
  onChange: optional(
    texts,
    'Globs relative to the local folder; only run when one of these files changed (default: any)',
  ),
  local: optional(z.boolean(), 'Run here, in the local folder, instead of in the container (default false)'),
  failOnError: optional(z.boolean(), 'End the sync with an error when the command fails (default false)'),
  name: optional(name, 'What messages call the command'),
  once: optional(
    z.boolean(),
    'Run once for each container, after its first sync, instead of after each upload (default false)',
  ),
});

const onUpload = z.strictObject({
  exec: optional(z.array(exec), 'Commands to run after each upload, in this order, before a restart'),
  execRemote: optional(
    z.strictObject({
      ...perPath,
      onBatch: optional(plainCommand, 'Run once after all changes of an upload'),
    }),
    'Commands to run in the container for what was uploaded',
  ),
  restartContainer: optional(
    z.boolean(),
    'Restart the process of the container after each upload; needs images.<name>.injectRestartHelper (default false)',
  ),
});

const onDownload = z.strictObject({
  execLocal: optional(z.strictObject(perPath), 'Commands to run here for what was downloaded'),
});

export const sync = z.strictObject({
  ...target,
  containerName: optional(text, 'Container of the pod, where there are several'),
  localSubPath: optional(text, 'Local folder, relative to devspace.yaml (default ./)'),
  containerPath: optional(text, 'Folder in the container (default: its working directory)'),
  excludePaths: optional(texts, 'gitignore patterns, not synced in either direction'),
  downloadExcludePaths: optional(texts, 'gitignore patterns, not synced from the container'),
  uploadExcludePaths: optional(texts, 'gitignore patterns, not synced to the container'),
  excludeFile: optional(name, 'File in the local folder with lines as in excludePaths; excludePaths win'),
  downloadExcludeFile: optional(name, 'File in the local folder with lines as in downloadExcludePaths'),
  uploadExcludeFile: optional(name, 'File in the local folder with lines as in uploadExcludePaths'),
  gitIgnore: optional(
    z.boolean(),
    'Do not sync what git ignores: .gitignore at every level and .git/info/exclude (default false)',
  ),
  initialSync: optional(
    z.enum(initialSyncNames),
    'How the first sync treats differences (default preferNewest: nothing is deleted, the newer file wins, the other goes to the trash)',
  ),
  downloadOnInitialSync: optional(
    z.boolean(),
    'false leaves files in the container, and only there, that only it has at the start (default: they are downloaded)',
  ),
  waitInitialSync: optional(z.boolean(), 'Go on only after the first full sync is complete (default false)'),
  disableUpload: optional(z.boolean(), 'Change nothing in the container (default false)'),
  disableDownload: optional(z.boolean(), 'Change nothing in the local folder (default false)'),
  noWatch: optional(z.boolean(), 'Only sync once, at the start (default false)'),
  polling: optional(
    z.boolean(),
    'Look for changes every 2 seconds, for file systems that do not tell of them (default false)',
  ),
  syncReplicas: optional(
    z.boolean(),
    'Upload to every running pod that matches, download from the newest only (default false)',
  ),
  helperImage: optional(
    name,
    'Image with a shell, used beside a container that has none (default: DEVSPACE_HELPER_IMAGE, else a pinned busybox)',
  ),
  bandwidthLimits: optional(
    z.strictObject({
      download: optional(count, 'From the container (default 0: no limit)'),
      upload: optional(count, 'To the container (default 0: no limit)'),
    }),
    'Limits in KB per second',
  ),
  onUpload: optional(onUpload, 'What to do after files came into the container; not for the first sync'),
  onDownload: optional(onDownload, 'What to do after files came here; not for the first sync'),
});
