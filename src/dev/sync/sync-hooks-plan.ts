import { posix } from 'node:path';
import { globTest } from '../../base/glob.js';
import type { SyncConfig } from '../../config/schema.js';
import type { Batch } from '../../sync/merge/batches.js';

export type UploadHooks = NonNullable<SyncConfig['onUpload']>;
export type DownloadHooks = NonNullable<SyncConfig['onDownload']>;
type Change = Batch['changes'][number];

/** A command to run, or the restart of the container's process. */
export type HookStep =
  | {
      do: 'run';
      where: 'here' | 'container';
      argv: readonly [string, ...string[]];
      /** How messages call it. */
      name: string;
      /** The change it is run for; undefined: any. */
      because?: string | undefined;
      failOnError: boolean;
      /** One of many, for one path each: not worth a message of its own. */
      forPath: boolean;
    }
  | { do: 'restart' };

interface PathHooks {
  command?: string | undefined;
  args?: string[] | undefined;
  onFileChange?: { command: string; args?: string[] | undefined } | undefined;
  onDirCreate?: { command: string; args?: string[] | undefined } | undefined;
}

/**
 * What an upload leads to, in this order: commands for each file and folder, `exec`, the command for the batch, the restart. `remoteRoot` is absolute.
 * Commands that run `once` are none of it. As in DevSpace, an argument `{}` is the absolute path, and a removal is no file change, but reason
 * enough for `exec`.
 */
export function planUpload(hooks: UploadHooks, changes: readonly Change[], remoteRoot: string): HookStep[] {
  if (changes.length === 0) return [];
  const { execRemote, exec = [], restartContainer } = hooks;
  const steps = execRemote
    ? perPath(execRemote, 'container', changes, (path) => posix.join(remoteRoot, path))
    : [];
  for (const one of exec) {
    if (one.once) continue;
    const because = one.onChange && firstMatch(one.onChange, changes);
    if (one.onChange && because === undefined) continue;
    steps.push(execStep(one, because));
  }
  if (execRemote?.onBatch) {
    const { command, args = [] } = execRemote.onBatch;
    const argv = [command, ...args] as const;
    steps.push({
      do: 'run',
      where: 'container',
      argv,
      name: argv.join(' '),
      failOnError: false,
      forPath: false,
    });
  }
  if (restartContainer) steps.push({ do: 'restart' });
  return steps;
}

/** What a download leads to: commands here for each file and folder. `pathOf` makes a path absolute. */
export function planDownload(
  hooks: DownloadHooks,
  changes: readonly Change[],
  pathOf: (path: string) => string,
): HookStep[] {
  return hooks.execLocal ? perPath(hooks.execLocal, 'here', changes, pathOf) : [];
}

/** The commands that run once, after the first sync with a container. */
export function planOnce(hooks: UploadHooks): HookStep[] {
  return (hooks.exec ?? []).filter(({ once }) => once === true).map((one) => execStep(one, undefined));
}

function execStep(
  one: NonNullable<UploadHooks['exec']>[number],
  because: string | undefined,
): HookStep & { do: 'run' } {
  const { args, command, local, name, failOnError } = one;
  // Without a list of arguments it is a line for a shell; so it has been since DevSpace has it.
  const argv: [string, ...string[]] = args === undefined ? ['sh', '-c', command] : [command, ...args];
  return {
    do: 'run',
    where: local ? 'here' : 'container',
    argv,
    name: name ?? [command, ...(args ?? [])].join(' '),
    because,
    failOnError: failOnError === true,
    forPath: false,
  };
}

function perPath(
  hooks: PathHooks,
  where: 'here' | 'container',
  changes: readonly Change[],
  pathOf: (path: string) => string,
): HookStep[] {
  const both = hooks.command === undefined ? undefined : { command: hooks.command, args: hooks.args };
  return changes.flatMap(({ path, action, directory }): HookStep[] => {
    const wanted = directory ? action === 'create' : action !== 'remove';
    const hook = both ?? (directory ? hooks.onDirCreate : hooks.onFileChange);
    if (!wanted || hook === undefined) return [];
    const args = (hook.args ?? []).map((arg) => (arg === '{}' ? pathOf(path) : arg));
    const argv: [string, ...string[]] = [hook.command, ...args];
    return [
      { do: 'run', where, argv, name: argv.join(' '), because: path, failOnError: false, forPath: true },
    ];
  });
}

function firstMatch(globs: readonly string[], changes: readonly Change[]): string | undefined {
  const tests = globs.map(globTest);
  return changes.find(({ path }) => tests.some((test) => test(path)))?.path;
}

/** Several batches as one: what was done to a path last counts, at the place where it was done first. */
export function mergeBatches(batches: readonly Batch[], direction: Batch['direction']): Change[] {
  const merged = new Map<string, Change>();
  for (const batch of batches) {
    if (batch.direction !== direction) continue;
    for (const change of batch.changes) {
      const before = merged.get(change.path);
      const isNew = before?.action === 'create' && change.action === 'update';
      merged.set(change.path, isNew ? before : change);
    }
  }
  return [...merged.values()];
}
