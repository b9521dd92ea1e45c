import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readBefore } from './before.js';
import { type ComponentName, components } from './components.js';
import { knownDaemons, runningDaemon, startDaemon, stopDaemon } from './daemon.js';
import { ctr, docker, DOCKER_NAMESPACE, POD_NAMESPACE } from './image-store.js';
import {
  deletePodNamespaces,
  hasOrphans,
  killShims,
  removeControlGroups,
  removeEmptyFolders,
  unmountAll,
  wipeClusterState,
} from './leftovers.js';
import { tearDownNetwork } from './network.js';
import { DOCKER_SOCKET, type Layout } from './paths.js';
import { type OnProgress, step } from './progress.js';
import { serverVersion } from './versions.js';

const controlPlane: readonly ComponentName[] = [
  'kubelet',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'dns',
  'kube-apiserver',
  'etcd',
];

/**
 * Stops the cluster and takes back everything it did to the machine. It relies on nothing that runs: a cluster that is half
 * up or half dead comes down the same way. Kept are built binaries, images and certificates; `purge` keeps the caches only.
 */
export async function bringDown(layout: Layout, purge: boolean, onProgress: OnProgress): Promise<void> {
  await step(onProgress, 'stop Kubernetes', async () => {
    // All at once: nothing is handed over, the state is thrown away.
    await Promise.all(controlPlane.map((name) => stopDaemon(name, layout, 1)));
  });
  const before = await readBefore(layout);
  await step(onProgress, 'end pods and containers', async () => {
    if (await runningDaemon('dockerd', layout)) await forgetDockerContainers();
    await stopDaemon('dockerd', layout, 20);
    await endContainers(layout);
    for (const name of await knownDaemons(layout)) await stopDaemon(name, layout);
    await killShims(layout);
  });
  await step(onProgress, 'mounts, network, control groups', async () => {
    await unmountAll(layout);
    if (before) await deletePodNamespaces(before.podNamespaces);
    await tearDownNetwork(before);
    await removeControlGroups(before?.ownDocker ? ['kubepods', 'docker'] : ['kubepods']);
  });
  if (before?.ownDocker) await rm(DOCKER_SOCKET, { force: true });
  await wipeClusterState(layout);
  await removeEmptyFolders();
  await rm(layout.run, { recursive: true, force: true });
  if (!purge) return;
  for (const place of [layout.data, layout.pki, layout.etc, layout.log, layout.kubeconfig]) {
    await rm(place, { recursive: true, force: true });
  }
}

/** Kills what runs in pods, and what a dead dockerd left, by containerd: it knows them all. */
async function endContainers(layout: Layout): Promise<void> {
  if (!(await runningDaemon('containerd', layout))) {
    if (!(await hasOrphans(layout))) return;
    await startDaemon(components(serverVersion(), layout).containerd, layout);
    for (let tries = 0; tries < 100 && !(await ctr(layout, ['version'])); tries += 1) await delay(100);
  }
  for (const namespace of [POD_NAMESPACE, DOCKER_NAMESPACE]) {
    const tasks = await ctr(layout, ['tasks', 'ls', '-q'], namespace);
    if (tasks?.length) await ctr(layout, ['tasks', 'rm', '--force', ...tasks], namespace);
    const containers = await ctr(layout, ['containers', 'ls', '-q'], namespace);
    if (containers?.length) await ctr(layout, ['containers', 'rm', ...containers], namespace);
  }
}

/** Without this dockerd waits ten seconds for each container, and starts some again next time. */
async function forgetDockerContainers(): Promise<void> {
  const containers = await docker(['ps', '-aq']);
  if (containers?.length) await docker(['rm', '--force', ...containers]);
  await docker(['network', 'prune', '--force']);
}
