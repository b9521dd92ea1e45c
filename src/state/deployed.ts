import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from './atomic-write.js';
import { notWritten, STATE_FOLDER, stateFolder } from './folder.js';
import { takeLock } from './lock.js';

/** What each deployment put into a cluster, by the deployment's name: `.devspace/deployed.json`. */
export interface DeployedRecord<T> {
  get(deployment: string): readonly T[];
  /** Replaces the entry in the file at once; an empty list removes it. Failures: STATE_NOT_WRITTEN, LOCKED. */
  set(deployment: string, objects: readonly T[]): Promise<void>;
  /** Deployments with an entry. */
  names(): string[];
}

/** Reads the record of the project in `root`. A missing or broken file counts as empty: a purge then goes by the manifests alone. */
export async function openDeployed<T>(root: string): Promise<DeployedRecord<T>> {
  const file = join(root, STATE_FOLDER, 'deployed.json');
  let entries = await read<T>(file);
  return {
    get: (deployment) => entries.get(deployment) ?? [],
    names: () => [...entries.keys()],
    async set(deployment, objects) {
      const folder = await stateFolder(root);
      await using _lock = await takeLock(join(folder, 'deployed.lock'));
      // Another run may have written since.
      entries = await read<T>(file);
      if (objects.length === 0) entries.delete(deployment);
      else entries.set(deployment, objects);
      try {
        await writeAtomic(
          file,
          `${JSON.stringify({ version: 1, deployments: Object.fromEntries(entries) }, undefined, 2)}\n`,
        );
      } catch (error) {
        throw notWritten(file, error);
      }
    },
  };
}

async function read<T>(file: string): Promise<Map<string, readonly T[]>> {
  try {
    const data = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown; deployments?: unknown };
    if (data.version !== 1 || typeof data.deployments !== 'object' || data.deployments === null)
      return new Map();
    return new Map(
      Object.entries(data.deployments as Record<string, readonly T[]>).filter(([, list]) =>
        Array.isArray(list),
      ),
    );
  } catch {
    return new Map();
  }
}
