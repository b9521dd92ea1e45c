import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sleep } from '../base/abort.js';
import { systemCode } from '../base/failure.js';

/**
 * Replaces the content of `file` in one step: readers see the old or the new, also after a crash. A file that is there keeps its permissions, a
 * symlink stays one and its target changes; a new file gets `mode` minus the umask. The folder must exist. Throws the system's error and then
 * leaves nothing behind.
 */
export async function writeAtomic(
  file: string,
  data: string | Uint8Array,
  { mode = 0o666 } = {},
): Promise<void> {
  const target = await targetOf(file);
  const kept = await modeOf(target);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', kept ?? mode);
    try {
      // The mode given to open is cut by the umask.
      if (kept !== undefined) await handle.chmod(kept);
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await replace(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return file;
    throw error;
  }
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      // Windows: a scanner or an editor has the file open for a moment.
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '');
      if (process.platform !== 'win32' || !busy || attempt === 10) throw error;
      await sleep(10 * attempt);
    }
  }
}

/** Makes the rename itself durable. Where folders cannot be opened or synced (Windows, some network drives) it is as durable as it gets. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // See above.
  } finally {
    await handle?.close();
  }
}
