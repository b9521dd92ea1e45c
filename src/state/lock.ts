import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { sleep } from '../base/abort.js';
import { Failure, systemCode } from '../base/failure.js';
import { notWritten } from './folder.js';
import { isRunning, startOf } from './process-identity.js';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the other one (default 10 s). */
  readonly waitMs?: number | undefined;
}

interface Owner {
  readonly id: string;
  readonly pid: number;
  readonly started: string | undefined;
  readonly host: string;
}

/** A lock file without readable content is somebody's who just creates it, or was left so by a crash this long ago. */
const UNREADABLE_MS = 5000;
const RETRY_MS = 25;

/**
 * Takes the advisory lock `file`, waiting while a running process has it; one left behind by a process that is gone is taken over. Disposing
 * gives it back. Failures: LOCKED after `waitMs`, STATE_NOT_WRITTEN. Its folder must exist.
 */
export async function takeLock(
  file: string,
  { signal, waitMs = 10_000 }: LockOptions = {},
): Promise<AsyncDisposable> {
  const me: Owner = { id: randomUUID(), pid: process.pid, started: startOf(process.pid), host: hostname() };
  const until = Date.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await create(file, me)) return { [Symbol.asyncDispose]: () => release(file, me) };
    const other = await ownerOf(file);
    if (await isStale(file, other)) await takeAway(file, other);
    else if (Date.now() >= until) throw locked(file, other);
    else await sleep(RETRY_MS, signal);
  }
}

async function create(file: string, me: Owner): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(me), { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw notWritten(file, error);
  }
}

async function release(file: string, me: Owner): Promise<void> {
  if ((await ownerOf(file))?.id === me.id) await rm(file, { force: true });
}

async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(file, 'utf8'));
    const known =
      typeof owner === 'object' && owner !== null && 'pid' in owner && typeof owner.pid === 'number';
    return known ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

async function isStale(file: string, owner: Owner | undefined): Promise<boolean> {
  // Of another machine that shares the folder nothing can be known.
  if (owner) return owner.host === hostname() && !isRunning(owner.pid, owner.started);
  try {
    return Date.now() - (await stat(file)).mtimeMs > UNREADABLE_MS;
  } catch {
    return false;
  }
}

/** Only the one whose rename succeeds removes it; when it took a new owner's lock by mistake, it puts it back. */
async function takeAway(file: string, judged: Owner | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw notWritten(file, error);
  }
  const taken = await ownerOf(aside);
  if (taken && taken.id !== judged?.id) await create(file, taken);
  await rm(aside, { force: true });
}

function locked(file: string, owner: Owner | undefined): Failure {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new Failure({
    code: 'LOCKED',
    message: `${file} is held by ${who}`,
    subject: file,
    hint: `wait for it, or remove the lock when it is no longer running: rm ${file}`,
  });
}
