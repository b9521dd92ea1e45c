import { readFile } from 'node:fs/promises';
import { readBefore } from './before.js';
import { binDir } from './binaries.js';
import { apiReady, nodeReady } from './cluster-objects.js';
import { type ComponentName, components } from './components.js';
import { runningDaemon } from './daemon.js';
import { DOCKER_SOCKET, type Layout, REGISTRY } from './paths.js';
import { runningVersion } from './running-version.js';
import { serverVersion } from './versions.js';

export interface ClusterStatus {
  running: boolean;
  /** The server's version, or the one `up` would start: 1.35.4. */
  kubernetes: string;
  kubeconfig: string;
  /** Where images are pushed to and pulled from. */
  registry: string;
  dockerHost: string;
  /** A folder with the matching kubectl. */
  binDir: string;
}

export interface DaemonStatus {
  name: string;
  /** Undefined: it does not run. */
  pid: number | undefined;
  rssBytes: number;
}

export async function readStatus(layout: Layout): Promise<ClusterStatus> {
  const version = runningVersion(layout);
  const shown = version ?? serverVersion();
  return {
    running: version !== undefined && (await isComplete(layout)),
    kubernetes: shown.kubernetes,
    kubeconfig: layout.kubeconfig,
    registry: REGISTRY,
    dockerHost: `unix://${DOCKER_SOCKET}`,
    binDir: binDir(shown, layout),
  };
}

export async function readDaemons(layout: Layout): Promise<DaemonStatus[]> {
  const names = Object.keys(components(serverVersion(), layout)) as ComponentName[];
  const expected = (await readBefore(layout))?.ownDocker ? names : names.filter((name) => name !== 'dockerd');
  return Promise.all(
    expected.map(async (name) => {
      const pid = (await runningDaemon(name, layout))?.pid;
      return { name, pid, rssBytes: pid === undefined ? 0 : await residentBytes(pid) };
    }),
  );
}

/** All daemons live, and the two answers that matter are right. */
async function isComplete(layout: Layout): Promise<boolean> {
  const daemons = await readDaemons(layout);
  if (daemons.some((daemon) => daemon.pid === undefined)) return false;
  const answers = await Promise.all(
    [apiReady(layout), nodeReady(layout)].map((fact) => fact.catch(() => false)),
  );
  return answers.every(Boolean);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
