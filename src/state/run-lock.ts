import { watch } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isFailure } from '../base/failure.js';
import { writeAtomic } from './atomic-write.js';
import { isData } from './data.js';
import { stateFolder } from './folder.js';
import { takeLock } from './lock.js';
import type { RunIdentity } from './run-record.js';

const ASK = 'dev.ask';
/** How long the other run has to end. */
const leaveMs = 20_000;

/** The one dev run of a folder. Disposing lets another one in. */
export interface RunLock extends AsyncDisposable {
  /** Tells, from now on, when another run of this folder asks this one to end. */
  onAsked(listener: (by: RunIdentity | undefined) => void): void;
}

/**
 * Takes the folder for this run; undefined while another run has it. With `ask` that one is asked to end, and has 20 s. Failures: STATE_NOT_WRITTEN, and
 * LOCKED when it does not end.
 */
export async function takeRunLock(
  root: string,
  ask?: RunIdentity,
  signal?: AbortSignal,
): Promise<RunLock | undefined> {
  const folder = await stateFolder(root);
  const file = join(folder, ASK);
  if (ask) await writeAtomic(file, JSON.stringify(ask), { mode: 0o600 });
  let lock: AsyncDisposable;
  try {
    lock = await takeLock(join(folder, 'dev.lock'), { waitMs: ask ? leaveMs : 0, signal });
  } catch (error) {
    if (!ask && isFailure(error, 'LOCKED')) return undefined;
    throw error;
  } finally {
    if (ask) await rm(file, { force: true });
  }
  let stop = (): void => {};
  return {
    onAsked(listener) {
      // Where nothing can be watched a run cannot be asked this way.
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === ASK) void askedBy(file).then((by) => by && listener(by));
      }).on('error', () => watcher.close());
      stop = () => watcher.close();
    },
    async [Symbol.asyncDispose]() {
      stop();
      await lock[Symbol.asyncDispose]();
    },
  };
}

async function askedBy(file: string): Promise<RunIdentity | undefined> {
  try {
    const data: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isData(data) && typeof data.user === 'string' ? (data as unknown as RunIdentity) : undefined;
  } catch {
    // It was taken away again.
    return undefined;
  }
}
