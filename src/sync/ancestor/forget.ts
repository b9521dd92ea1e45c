import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes the ancestors in a folder: all of them, or that of one sync (see `ancestorFile`). Returns their names; a folder that is not there holds none. */
export async function forgetAncestors(folder: string, key = ''): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const forgotten = names.filter((name) => /^[0-9a-f]{16}\.tree$/.test(name) && name.startsWith(key));
  await Promise.all(forgotten.map((name) => rm(join(folder, name), { force: true })));
  return forgotten;
}
