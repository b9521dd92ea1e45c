import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { findSyncs, type FoundSync } from '../../state/sync-records.js';
import type { Invocation } from '../command.js';

/**
 * The syncs of the folder one stands in: those whose state is in it or in a folder above (a project's is in the folder of devspace.yaml). With
 * `--local-path` only those of that local folder. Asks no cluster and needs no valid config.
 */
export async function syncsHere(invocation: Pick<Invocation, 'cwd' | 'flags'>): Promise<FoundSync[]> {
  const wanted = await localPathOf(invocation);
  const found: FoundSync[] = [];
  for (const folder of foldersFrom(wanted ?? invocation.cwd)) found.push(...(await findSyncs(folder)));
  return wanted === undefined ? found : found.filter(({ record }) => record.local === wanted);
}

/** Those worth showing: a replica that was left says nothing about files here. */
export const worthShowing = (found: readonly FoundSync[]): FoundSync[] =>
  found.filter(
    ({ record, running }) => record.isReplica !== true || running !== false || record.state === 'failed',
  );

/** The folder and all above it, nearest first. */
export function foldersFrom(start: string): string[] {
  const folders: string[] = [];
  for (let folder = resolve(start), above = ''; folder !== above; above = folder, folder = dirname(folder))
    folders.push(folder);
  return folders;
}

/** `--local-path`, absolute and resolved as far as it exists; undefined: not given. */
export async function localPathOf({
  cwd,
  flags,
}: Pick<Invocation, 'cwd' | 'flags'>): Promise<string | undefined> {
  if (typeof flags.localPath !== 'string') return undefined;
  const path = resolve(cwd, flags.localPath);
  return realpath(path).catch(() => path);
}
