import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../src/base/failure.js';
import type { Layout } from './paths.js';
import { isAlive, lookUpProcess, type ProcessIdentity } from './process-table.js';
import { SEARCH_PATH } from './support.js';

/** A program that runs until `down`: pure data, see components.ts. */
export interface Daemon {
  name: string;
  program: string;
  args: readonly string[];
}

/** Starts a daemon detached from this process, unless it runs already. True when it was started. */
export async function startDaemon(daemon: Daemon, layout: Layout): Promise<boolean> {
  if (await runningDaemon(daemon.name, layout)) return false;
  await mkdir(layout.log, { recursive: true });
  await mkdir(layout.run, { recursive: true });
  const log = await open(logFile(daemon.name, layout), 'a');
  try {
    const child = spawn(daemon.program, daemon.args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: '/',
      // Only what a daemon needs: a proxy or a KUBECONFIG of the caller must not change the cluster.
      env: { PATH: SEARCH_PATH, HOME: '/root', LANG: 'C.UTF-8' },
    });
    await once(child, 'spawn');
    child.unref();
    const identity = child.pid === undefined ? undefined : await lookUpProcess(child.pid);
    if (!identity) throw await daemonFailure(daemon.name, layout);
    const file = pidFile(daemon.name, layout);
    await writeFile(`${file}.new`, JSON.stringify(identity));
    await rename(`${file}.new`, file);
    return true;
  } finally {
    await log.close();
  }
}

/** The process of a daemon, when it lives. */
export async function runningDaemon(name: string, layout: Layout): Promise<ProcessIdentity | undefined> {
  try {
    const identity = JSON.parse(await readFile(pidFile(name, layout), 'utf8')) as ProcessIdentity;
    return (await isAlive(identity)) ? identity : undefined;
  } catch {
    return undefined;
  }
}

/** The names of all daemons with a pid file, whether they live or not. */
export async function knownDaemons(layout: Layout): Promise<string[]> {
  const names = await readdir(layout.run).catch(() => []);
  return names.filter((name) => name.endsWith('.pid.json')).map((name) => name.slice(0, -'.pid.json'.length));
}

/** Ends a daemon: politely, then not. True when it ran. */
export async function stopDaemon(name: string, layout: Layout, seconds = 10): Promise<boolean> {
  const identity = await runningDaemon(name, layout);
  if (identity) {
    signal(identity.pid, 'SIGTERM');
    const end = Date.now() + seconds * 1000;
    while ((await isAlive(identity)) && Date.now() < end) await delay(25);
    while (await isAlive(identity)) {
      signal(identity.pid, 'SIGKILL');
      await delay(25);
    }
  }
  await rm(pidFile(name, layout), { force: true });
  return identity !== undefined;
}

/** Throws, with the end of its log, when a daemon does not live. */
export async function mustRun(name: string, layout: Layout): Promise<void> {
  if (!(await runningDaemon(name, layout))) throw await daemonFailure(name, layout);
}

async function daemonFailure(name: string, layout: Layout): Promise<Failure> {
  const log = await readFile(logFile(name, layout), 'utf8').catch(() => '');
  return new Failure({
    code: 'CLUSTER_DAEMON_ENDED',
    message: `${name} ended right after its start`,
    subject: logFile(name, layout),
    hint: 'npm run cluster down, then up again',
    details: log.trimEnd().split('\n').slice(-10),
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it ended in between
  }
}

function logFile(name: string, layout: Layout): string {
  return path.join(layout.log, `${name}.log`);
}

function pidFile(name: string, layout: Layout): string {
  return path.join(layout.run, `${name}.pid.json`);
}
